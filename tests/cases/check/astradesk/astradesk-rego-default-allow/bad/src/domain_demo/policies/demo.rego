package demo

import rego.v1

default allow := true

violation contains msg if {
	input.event.type == "tool.orders.list"
	msg := "not today"
}
