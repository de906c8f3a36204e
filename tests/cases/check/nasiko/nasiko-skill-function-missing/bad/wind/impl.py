class Wind:
    def wind(self, station: str) -> str:
        return "calm"
