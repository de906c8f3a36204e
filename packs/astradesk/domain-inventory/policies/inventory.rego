# METADATA
# description: The export is read at night only.
package astradesk.inventory

import rego.v1

default allow := false

violation contains msg if {
	input.event.type == "tool.warehouse.fetch_stock"
	input.event.hour > 6
	msg := "the export is read at night only"
}

allow if count(violation) == 0
