package demo

default allow := false

violation contains msg if {
	input.event.type == "tool.orders.list"
	msg := "not today"
}
