window.packyardVersions={"latest":2,"versions":[["2.0.0-rc.1","2023-11-14","prerelease"],["1.1.0","2023-11-14","yanked"],["1.0.0","2023-11-14",""]],"pages":{},"before":[1,2,null],"ends":[]};
