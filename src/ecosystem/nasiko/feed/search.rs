//! The list of artifacts, and what a server that looks at queries answers.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value as Json;

use super::artifact::{self, Artifact};
use super::{Listed, MOST_RESPONSE};
use crate::output::RenderError;

/// The list, as the client reads it.
#[derive(Serialize)]
struct List {
    data: Vec<Artifact>,
    total: usize,
}

impl List {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("an artifact has text keys and whole numbers");
        bytes.push(b'\n');
        bytes
    }
}

/// Returns the list of every pack at its newest release.
pub(super) fn list(listed: &[Arc<Listed>], url: &str) -> Result<Vec<u8>, RenderError> {
    let mut data = Vec::with_capacity(listed.len());
    for one in listed {
        if let (Some(release), Some(facts)) = (one.newest(), one.facts()?) {
            data.push(artifact::of(one, release, facts, url));
        }
    }
    let mut list = List { total: data.len(), data };
    let bytes = list.to_bytes();
    if bytes.len() as u64 <= MOST_RESPONSE {
        return Ok(bytes);
    }
    // A list that the client can read is worth more than one with descriptions, which are on the pages.
    for artifact in &mut list.data {
        (artifact.description, artifact.tags) = (None, Vec::new());
    }
    Ok(list.to_bytes())
}

/// Answers a query of the client about the list: `q`, `type`, `framework`, `min_score` and `limit`.
///
/// `q` is words that a name, a tag or the description contains; how well they fit is the score, by which the answer is sorted.
pub(in super::super) fn answer(path: &str, query: &str, file: &[u8]) -> Option<Vec<u8>> {
    if path != "v1/search" {
        return None;
    }
    let mut list: Json = serde_json::from_slice(file).ok()?;
    let data = list.get_mut("data")?.as_array_mut()?;
    let parameter = |name: &str| {
        let found = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
        found.map(|(_, value)| decoded(value)).filter(|value| !value.is_empty())
    };
    if let Some(kind) = parameter("type") {
        data.retain(|artifact| text(artifact, "artifact_type") == kind);
    }
    if let Some(framework) = parameter("framework") {
        data.retain(|artifact| has_framework(artifact, &framework));
    }
    if let Some(words) = parameter("q") {
        let words: Vec<String> = words.to_lowercase().split_whitespace().take(20).map(str::to_owned).collect();
        let least: f64 = parameter("min_score").and_then(|score| score.parse().ok()).unwrap_or(0.0);
        for artifact in &mut *data {
            artifact["score"] = Json::from(score(artifact, &words));
        }
        let of = |artifact: &Json| artifact["score"].as_f64().unwrap_or_default();
        data.retain(|artifact| of(artifact) > 0.0 && of(artifact) >= least);
        data.sort_by(|a, b| of(b).total_cmp(&of(a)));
    }
    let total = data.len();
    data.truncate(parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(usize::MAX));
    list["total"] = Json::from(total);
    serde_json::to_vec(&list).ok()
}

fn text<'a>(artifact: &'a Json, key: &str) -> &'a str {
    artifact[key].as_str().unwrap_or_default()
}

fn texts(value: &Json) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Json::as_str)
}

/// Tells whether an agent is made with a framework, or a skill can be added to agents that are.
fn has_framework(artifact: &Json, framework: &str) -> bool {
    let of_skill = &artifact["metadata"]["frameworks"];
    text(artifact, "framework").eq_ignore_ascii_case(framework)
        || texts(of_skill).any(|one| one.eq_ignore_ascii_case(framework))
}

/// Returns how well words fit an artifact: from 0 to 1, the mean of what each is worth; 0 when one fits nowhere.
fn score(artifact: &Json, words: &[String]) -> f64 {
    let name = text(artifact, "name").to_lowercase();
    let tags: Vec<String> = texts(&artifact["tags"]).map(str::to_lowercase).collect();
    let description = text(artifact, "description").to_lowercase();
    let worth = |word: &String| {
        if name == *word {
            1.0
        } else if name.contains(word.as_str()) || tags.contains(word) {
            0.8
        } else if tags.iter().any(|tag| tag.contains(word.as_str())) {
            0.6
        } else if description.contains(word.as_str()) {
            0.4
        } else {
            0.0
        }
    };
    let worths: Vec<f64> = words.iter().map(worth).collect();
    if worths.is_empty() || worths.contains(&0.0) { 0.0 } else { worths.iter().sum::<f64>() / worths.len() as f64 }
}

/// Decodes a value of a query: percent escapes, and `+` for a blank.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let escaped = more.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, escaped) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = more;
            }
            (other, _) => {
                bytes.push(*other);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(query: &str) -> Vec<String> {
        let file = json!({ "data": [
            { "name": "tide-times", "artifact_type": "agent", "tags": ["Sea", "harbour"], "framework": "crewai", "description": "Tides." },
            { "name": "wind-lookup", "artifact_type": "skill", "tags": ["wind"], "metadata": { "frameworks": ["crewai", "openai"] } },
            { "name": "sea", "artifact_type": "agent", "tags": [], "framework": "langgraph", "description": "Wind and sea" },
        ], "total": 3 });
        let answered = answer("v1/search", query, file.to_string().as_bytes()).expect("an answer");
        let answered: Json = serde_json::from_slice(&answered).expect("JSON");
        answered["data"].as_array().expect("a list").iter().map(|one| text(one, "name").to_owned()).collect()
    }

    #[test]
    fn queries_of_the_client_are_answered() {
        assert_eq!(names("limit=1"), ["tide-times"]);
        assert_eq!(names("type=skill&limit=100"), ["wind-lookup"]);
        assert_eq!(names("type=agent&framework=crewai"), ["tide-times"]);
        assert_eq!(names("type=skill&framework=OpenAI&limit=100"), ["wind-lookup"]);
        assert_eq!(names("q=sea&limit=10"), ["sea", "tide-times"]);
        assert_eq!(names("q=wind&min_score=0.5&limit=10"), ["wind-lookup"]);
        assert_eq!(names("q=wind%20sea&limit=10"), ["sea"]);
        assert_eq!(names("q=nothing"), Vec::<String>::new());
        assert_eq!(names("q=&type=&limit=x"), ["tide-times", "wind-lookup", "sea"]);
    }

    #[test]
    fn hostile_queries_are_answered_or_not() {
        for query in ["%", "q=%zz&q=%", "q=%ff%fe", "limit=-1", "min_score=NaN&q=a", "&&==&"] {
            names(query);
        }
        assert!(answer("v2/x", "q=a", b"{}").is_none());
        assert!(answer("v1/search", "q=a", b"no JSON").is_none());
    }
}
