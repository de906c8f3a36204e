//! What the registry of the earlier generation is told: the card, completed as its loader does.

use serde_json::{Map, Value as Json, json};

use super::{Listed, failed};
use crate::output::RenderError;

/// Returns the body of `POST /api/v1/registry` for a pack.
///
/// `owner_id` is a user of the registry that is told, so the operator fills it in.
pub(super) fn entry(listed: &Listed) -> Result<Vec<u8>, RenderError> {
    let release = listed.newest().ok_or_else(|| failed(listed.name(), "nothing is offered"))?;
    let pack = &*release.pack;
    let has_card = release.content.get(super::super::card::FILE).is_some();
    let mut card: Map<String, Json> = match has_card {
        true => serde_json::from_slice(&listed.card()?).map_err(|error| failed(listed.name(), error))?,
        false => Map::new(),
    };
    card.insert("id".to_owned(), json!(listed.name()));
    card.insert("owner_id".to_owned(), json!(""));
    let defaults = [
        ("protocolVersion", json!("0.2.9")),
        ("name", json!(pack.title)),
        ("description", json!(pack.description)),
        ("url", json!("http://localhost:5000")),
        ("version", json!(release.version().as_str())),
        ("preferredTransport", json!("JSONRPC")),
        (
            "capabilities",
            json!({ "streaming": false, "pushNotifications": false, "stateTransitionHistory": false, "chat_agent": false }),
        ),
        ("skills", json!([])),
        ("tags", json!([])),
        ("securitySchemes", json!({})),
        ("security", json!([])),
        ("defaultInputModes", json!(["text/plain"])),
        ("defaultOutputModes", json!(["application/json"])),
    ];
    for (key, value) in defaults {
        let is_missing = card.get(key).is_none_or(Json::is_null);
        if is_missing {
            card.insert(key.to_owned(), value);
        }
    }
    let mut bytes = serde_json::to_vec_pretty(&card).expect("a card is JSON");
    bytes.push(b'\n');
    Ok(bytes)
}
