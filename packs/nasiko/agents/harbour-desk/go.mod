module packyard.example/harbour-desk

go 1.24
