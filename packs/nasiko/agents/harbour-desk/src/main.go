// Command harbour-desk answers questions about berths and dues by the A2A protocol (JSON-RPC binding).
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
)

type request struct {
	ID     any    `json:"id"`
	Method string `json:"method"`
	Params struct {
		Message struct {
			Parts []struct {
				Text string `json:"text"`
			} `json:"parts"`
		} `json:"message"`
	} `json:"params"`
}

func main() {
	card, err := os.ReadFile("/AgentCard.json")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /.well-known/agent-card.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(card)
	})
	http.HandleFunc("POST /", answer)
	listen := os.Getenv("LISTEN")
	if listen == "" {
		listen = ":8080"
	}
	log.Fatal(http.ListenAndServe(listen, nil))
}

func answer(w http.ResponseWriter, r *http.Request) {
	var asked request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&asked); err != nil {
		http.Error(w, "not a JSON-RPC request", http.StatusBadRequest)
		return
	}
	text := ""
	for _, part := range asked.Params.Message.Parts {
		text += part.Text
	}
	message := map[string]any{
		"kind": "message", "role": "agent", "messageId": "1",
		"parts": []map[string]string{{"kind": "text", "text": reply(text)}},
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "id": asked.ID, "result": message})
}
