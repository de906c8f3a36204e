from st2reactor.sensor.base import PollingSensor


class Dusk(PollingSensor):
    def poll(self):
        self.sensor_service.dispatch("lamps.dark", {"lux": 3})
