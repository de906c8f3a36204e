# METADATA
# description: Tickets with high priority go to people.
package astradesk.helpdesk

import rego.v1

default allow := false

violation contains msg if {
	input.event.type == "tool.desk.assign"
	input.data.priority == "high"
	input.data.queue != "people"
	msg := sprintf("ticket %s is urgent and must go to people", [input.data.ticket_id])
}

allow if count(violation) == 0
