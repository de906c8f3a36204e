package demo

import rego.v1

default allow := false

violation contains msg if {
	input.event.type == "tool.orders.list"
	msg := "not today"
}
