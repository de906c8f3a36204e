# METADATA
# description: '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}'
package a

import rego.v1

violation contains msg if {
	input.x
	msg := `<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7191 * 7193 }}`
}
