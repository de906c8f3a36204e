window.packyardVersions={"latest":0,"versions":[["0.2.0","2023-11-14",""],["0.1.0","2023-11-14",""]],"pages":{}};
