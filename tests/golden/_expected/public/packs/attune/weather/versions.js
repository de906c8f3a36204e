window.packyardVersions={"latest":0,"versions":[["1.2.0","2024-01-01",""]],"pages":{}};
