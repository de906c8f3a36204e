package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

type berth struct {
	name            string
	length, draught float64
}

var berths = []berth{{"A1", 8, 1.5}, {"A2", 10, 1.8}, {"B1", 12, 2.2}, {"B2", 15, 2.6}}

var number = regexp.MustCompile(`\d+(?:\.\d+)?`)

// reply answers a question by the numbers in it.
func reply(text string) string {
	var numbers []float64
	for _, found := range number.FindAllString(text, 4) {
		value, _ := strconv.ParseFloat(found, 64)
		numbers = append(numbers, value)
	}
	switch {
	case strings.Contains(text, "night") && len(numbers) == 2:
		return fmt.Sprintf("That is %.2f euro.", numbers[0]*numbers[1]*2.10)
	case len(numbers) >= 2:
		for _, one := range berths {
			if one.length >= numbers[0] && one.draught >= numbers[1] {
				return "Berth " + one.name + " is free."
			}
		}
		return "No berth is long and deep enough."
	default:
		return "Say the length and the draught in metres, or the nights and the length."
	}
}
