# METADATA
# description: Orders are held by the screening flow only, and never without a reason.
package astradesk.orders

import rego.v1

default allow := false

# METADATA
# description: Says why a call is refused.
violation contains msg if {
	input.event.type == "tool.orders.hold"
	input.event.flow != "orders_screening"
	msg := "orders are held by the screening flow only"
}

violation contains msg if {
	input.event.type == "tool.orders.hold"
	count(input.data.reason) == 0
	msg := "a reason must be given"
}

allow if count(violation) == 0
