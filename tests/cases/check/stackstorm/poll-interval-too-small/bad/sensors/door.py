from st2reactor.sensor.base import PollingSensor


class DoorSensor(PollingSensor):
    def poll(self):
        pass
