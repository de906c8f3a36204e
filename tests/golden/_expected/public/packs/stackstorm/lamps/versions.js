window.packyardVersions={"latest":0,"versions":[["0.4.0","2024-01-01",""]],"pages":{}};
