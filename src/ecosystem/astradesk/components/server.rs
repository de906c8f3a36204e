//! The tool server: `tools/mcp_server.py`, an HTTP server of the pack's own.
//!
//! `GET /tools` answers what `list_tools` returns, `POST /execute` runs what `tool_name` says. It does not speak the wire
//! protocol of MCP.

use serde_json::json;

use super::{ENDPOINT, TOOL, bare, schema_table};
use crate::diag::{Place, Sink, Span};
use crate::ecosystem::astradesk::codes::{
    ASTRADESK_SIDE_EFFECT_UNDECLARED, ASTRADESK_TOOL_LIST_DYNAMIC, ASTRADESK_TOOL_NAME_INVALID,
    ASTRADESK_TOOL_NOT_DISPATCHED, ASTRADESK_TOOL_SCHEMA_INVALID,
};
use crate::ecosystem::astradesk::place::{MOST_REPEATED, closest, place};
use crate::pack::schema::Schema;
use crate::pack::{Component, Example, Fact, PackTree};
use crate::python::{Decorator, Module};
use crate::source::FileEntry;
use crate::yaml::{Node, Value};

/// The name of the file.
pub(in crate::ecosystem::astradesk) const FILE: &str = "mcp_server.py";

/// Most tools of a server that are looked at.
const MOST_TOOLS: usize = 500;

/// The tool server of a pack.
#[derive(Debug, Default)]
pub(in crate::ecosystem::astradesk) struct Server {
    /// Its tools.
    pub tools: Vec<Tool>,
    /// Its tools and endpoints as components.
    pub components: Vec<Component>,
    /// The port it listens on.
    pub port: Option<(u16, Span)>,
}

/// A tool.
#[derive(Debug, Clone)]
pub(in crate::ecosystem::astradesk) struct Tool {
    /// Its name.
    pub name: String,
    /// Where that stands.
    pub span: Span,
    /// The JSON Schema of what it takes.
    pub parameters: Option<serde_json::Value>,
    /// `read`, `write` or `execute`, when it is declared.
    pub side_effect: Option<String>,
}

/// Returns the reference of a tool.
pub(in crate::ecosystem::astradesk) fn reference(name: &str) -> String {
    format!("tool.{name}")
}

/// Tells whether the gateway's registry takes a name.
pub(in crate::ecosystem::astradesk) fn is_tool_name(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && Component::is_safe_name(name)
}

/// Reads the server.
pub(in crate::ecosystem::astradesk) fn read(
    tree: &PackTree<'_>,
    entry: &FileEntry,
    module: &Module,
    domain: &str,
    sink: &mut Sink,
) -> Server {
    let reader = Reader { tree, entry, module };
    let port = port(module);
    let mut server = Server { port, ..Server::default() };
    let listed = reader.listed(sink);
    if let Some(listed) = &listed {
        for node in listed.iter().take(MOST_TOOLS) {
            reader.tool(node, port.map(|(port, _)| port), &mut server, sink);
        }
        reader.dispatched(&server.tools, sink);
        reader.side_effects(listed, sink);
    }
    server.components.extend(reader.endpoints(domain, port.map(|(port, _)| port)));
    server
}

/// Returns the port that `uvicorn.run` is given.
pub(in crate::ecosystem::astradesk) fn port(module: &Module) -> Option<(u16, Span)> {
    let runs = module.calls.iter().filter(|call| matches!(call.name.as_str(), "uvicorn.run" | "uvicorn.Config"));
    let mut ports = runs.flat_map(|call| &call.keywords).filter(|(name, _)| name == "port");
    ports.find_map(|(_, node)| match node.value {
        Value::Int(port) => Some((u16::try_from(port).ok()?, node.span)),
        _ => None,
    })
}

struct Reader<'a> {
    tree: &'a PackTree<'a>,
    entry: &'a FileEntry,
    module: &'a Module,
}

impl<'a> Reader<'a> {
    fn at(&self, span: Span) -> Place {
        place(self.tree, self.entry, Some(span))
    }

    /// Returns the tools that `list_tools` returns; reports that it returns no literal.
    fn listed(&self, sink: &mut Sink) -> Option<&'a [Node]> {
        let Some(function) = self.module.function("list_tools") else {
            let message = "the server has no function `list_tools`, so nothing tells what its tools are";
            sink.report(ASTRADESK_TOOL_LIST_DYNAMIC, Place::file(self.entry.path.as_str()), message)
                .help("add `GET /tools` with a function `list_tools` that returns `{\"tools\": […]}`");
            return None;
        };
        let tools = function.returned.as_ref().and_then(|returned| returned.get("tools").or(Some(returned)));
        match tools.filter(|tools| tools.is_seq()) {
            Some(tools) => Some(tools.items()),
            None => {
                let message = "`list_tools` returns no literal list of tools";
                sink.report(ASTRADESK_TOOL_LIST_DYNAMIC, self.at(function.span), message)
                    .help("return `{\"tools\": [{\"name\": …, \"description\": …, \"parameters\": …}]}` as it stands");
                None
            }
        }
    }

    fn tool(&self, node: &Node, port: Option<u16>, server: &mut Server, sink: &mut Sink) {
        let name_node = node.get("name");
        let Some(name) = name_node.and_then(Node::as_str) else {
            let message = "a tool has no `name`";
            sink.report(ASTRADESK_TOOL_NAME_INVALID, self.at(node.span), message).help("give it one");
            return;
        };
        let span = name_node.map_or(node.span, |node| node.span);
        if !is_tool_name(name) {
            let message = format!("`{name}` is not usable as a tool's name");
            sink.report(ASTRADESK_TOOL_NAME_INVALID, self.at(span), message)
                .help("use 1 to 128 ASCII letters, digits, `.`, `_` and `-`, without a dot in front");
            return;
        }
        let schema = node.get("parameters").or_else(|| node.get("inputSchema"));
        self.check_schema(name, schema, span, sink);
        let text = |key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
        let tool = Tool {
            name: name.to_owned(),
            span,
            parameters: schema.map(Node::to_json),
            side_effect: text("side_effect").filter(|effect| EFFECTS.contains(&effect.as_str())),
        };
        let mut component = bare(&TOOL, name, reference(name), &self.entry.path, span.line);
        component.title = text("title");
        component.description = text("description").unwrap_or_default();
        if let Some(effect) = &tool.side_effect {
            component.facts.push(Fact { label: "Side effect", value: effect.clone() });
        }
        let roles: Vec<&str> =
            node.get("allowed_roles").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
        if !roles.is_empty() {
            component.facts.push(Fact { label: "Allowed roles", value: roles.join(", ") });
        }
        component.tables.extend(schema.and_then(|schema| schema_table::table("Parameters", "parameters", schema)));
        component.examples.push(call_example(name, schema, port));
        component.examples.push(Example {
            title: "Use it in a flow".to_owned(),
            language: "yaml",
            text: format!("- id: {}\n  use: tool.{name}", name.rsplit('.').next().unwrap_or(name)),
        });
        if server.tools.iter().all(|other| other.name != name) {
            server.tools.push(tool);
            server.components.push(component);
        }
    }

    fn check_schema(&self, name: &str, schema: Option<&Node>, span: Span, sink: &mut Sink) {
        let Some(schema) = schema else {
            let message = format!("the tool `{name}` has no `parameters`");
            sink.report(ASTRADESK_TOOL_SCHEMA_INVALID, self.at(span), message)
                .help("add a JSON Schema; `{\"type\": \"object\", \"properties\": {}}` where it takes nothing");
            return;
        };
        let fault = if !schema.is_map() {
            Some(format!("is {}, not a schema", schema.kind()))
        } else if schema.get("type").is_none_or(|kind| kind.as_str() != Some("object")) {
            Some("is not the schema of an object: its `type` must be `object`".to_owned())
        } else {
            Schema::compile(&schema.to_json()).err().map(|error| format!("is no JSON Schema: {error}"))
        };
        if let Some(fault) = fault {
            let message = format!("`parameters` of the tool `{name}` {fault}");
            sink.report(ASTRADESK_TOOL_SCHEMA_INVALID, self.at(schema.span), message)
                .help("write a JSON Schema (2020-12) with `type`, `properties` and `required`");
        }
    }

    /// Requires every listed tool to be looked at by the server, and every one that is looked at to be listed.
    fn dispatched(&self, tools: &[Tool], sink: &mut Sink) {
        let is_subject = |subject: &str| subject.rsplit('.').next() == Some("tool_name");
        let mut names: Vec<(&str, Span)> = self
            .module
            .comparisons
            .iter()
            .filter(|comparison| is_subject(&comparison.subject))
            .map(|comparison| (comparison.value.as_str(), comparison.span))
            .collect();
        let mut is_open = false;
        for lookup in self.module.lookups.iter().filter(|lookup| is_subject(&lookup.subject)) {
            match self.module.tables.iter().rev().find(|table| table.name == lookup.table) {
                Some(table) => names.extend(table.keys.iter().map(|(name, span)| (name.as_str(), *span))),
                // Looked up in something that cannot be seen through.
                None => is_open = true,
            }
        }
        if is_open {
            return;
        }
        for tool in tools.iter().filter(|tool| names.iter().all(|(name, _)| *name != tool.name)).take(MOST_REPEATED) {
            let message = format!("the tool `{}` is listed, but the server never looks at this name", tool.name);
            let draft = sink.report(ASTRADESK_TOOL_NOT_DISPATCHED, self.at(tool.span), message);
            match closest(&tool.name, names.iter().map(|(name, _)| *name)) {
                Some(close) => draft.help(format!("the server looks for `{close}`: use one name in both places")),
                None => {
                    draft.help("compare `request.tool_name` with it in `POST /execute`, or remove it from the list")
                }
            };
        }
        let mut seen: Vec<&str> = Vec::new();
        for (name, span) in names {
            if tools.iter().any(|tool| tool.name == name) || seen.contains(&name) || seen.len() >= MOST_REPEATED {
                continue;
            }
            seen.push(name);
            let message = format!("the server runs `{name}`, but `list_tools` does not name it");
            sink.report(ASTRADESK_TOOL_NOT_DISPATCHED, self.at(span), message)
                .help("add it to `list_tools`, or remove the branch");
        }
    }

    /// Notes, once, the tools that do not say what they do to the world, and each that does it for everybody.
    fn side_effects(&self, listed: &[Node], sink: &mut Sink) {
        let effect = |node: &Node| node.get("side_effect").and_then(Node::as_str).map(str::to_owned);
        let silent: Vec<&Node> = listed
            .iter()
            .take(MOST_TOOLS)
            .filter(|node| effect(node).is_none_or(|e| !EFFECTS.contains(&&*e)))
            .collect();
        if let Some(first) = silent.first() {
            let names = silent.iter().filter_map(|node| node.get("name").and_then(Node::as_str));
            let names: Vec<String> = names.map(|name| format!("`{name}`")).take(10).collect();
            let more = if silent.len() > names.len() { " and others" } else { "" };
            let message = format!("no `side_effect` is known of {}{more}", names.join(", "));
            let span = first.get("name").map_or(first.span, |node| node.span);
            sink.report(ASTRADESK_SIDE_EFFECT_UNDECLARED, self.at(span), message)
                .help("add `\"side_effect\": \"read\"`, `\"write\"` or `\"execute\"` to each tool");
        }
        let is_free = |node: &&Node| {
            effect(node).is_some_and(|effect| matches!(effect.as_str(), "write" | "execute"))
                && node.get("allowed_roles").is_none_or(|roles| roles.items().is_empty())
        };
        for node in listed.iter().take(MOST_TOOLS).filter(is_free).take(MOST_REPEATED) {
            let tool = node.get("name").and_then(Node::as_str).unwrap_or_default();
            let message = format!("the tool `{tool}` changes something and names no `allowed_roles`");
            sink.report(ASTRADESK_SIDE_EFFECT_UNDECLARED, self.at(node.span), message)
                .help("add `\"allowed_roles\": [\"…\"]`: the gateway refuses such a tool without");
        }
    }

    /// Returns the endpoints: functions that are decorated as such.
    fn endpoints(&self, domain: &str, port: Option<u16>) -> Vec<Component> {
        let mut found: Vec<Component> = Vec::new();
        for function in &self.module.functions {
            for (method, path) in function.decorators.iter().filter_map(route) {
                let slug: String = path
                    .chars()
                    .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
                    .collect();
                let slug = slug.trim_matches('-');
                let name = format!("{}-{}", method.to_lowercase(), if slug.is_empty() { "root" } else { slug });
                if !Component::is_safe_name(&name) || found.iter().any(|other| other.name == name) {
                    continue;
                }
                let reference = format!("endpoint.{domain}.{name}");
                let mut component = bare(&ENDPOINT, &name, reference, &self.entry.path, function.span.line);
                component.title = Some(format!("{method} {path}"));
                component.description = function.doc.clone().unwrap_or_default();
                component.facts.push(Fact { label: "Handler", value: function.signature() });
                if let Some(port) = port {
                    component.facts.push(Fact { label: "Port", value: port.to_string() });
                    component.examples.push(Example {
                        title: "Ask the server".to_owned(),
                        language: "shell",
                        text: format!("curl -X {method} 'http://localhost:{port}{}'", path.replace('\'', "")),
                    });
                }
                found.push(component);
            }
        }
        found
    }
}

/// What a tool may do to the world.
const EFFECTS: &[&str] = &["read", "write", "execute"];

/// Returns method and path of a decorator such as `@app.post("/execute")`.
fn route(decorator: &Decorator) -> Option<(String, String)> {
    let (_, method) = decorator.name.rsplit_once('.')?;
    let method = ["get", "post", "put", "patch", "delete"].iter().find(|known| **known == method)?;
    let path = decorator.arguments.first()?.as_ref()?.as_str()?;
    path.starts_with('/').then(|| (method.to_uppercase(), path.to_owned()))
}

/// Returns the request that runs a tool, with every argument that it cannot do without.
fn call_example(name: &str, schema: Option<&Node>, port: Option<u16>) -> Example {
    let required = schema.and_then(|schema| schema.get("required")).map(Node::items).unwrap_or_default();
    let value = |key: &str| match schema.map(|schema| schema.at(["properties", key, "type"])).and_then(Node::as_str) {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("object") => json!({}),
        _ => json!("…"),
    };
    let arguments: serde_json::Map<String, serde_json::Value> =
        required.iter().filter_map(Node::as_str).take(20).map(|key| (key.to_owned(), value(key))).collect();
    let body = json!({ "tool_name": name, "arguments": arguments }).to_string().replace('\'', "'\\''");
    let port = port.unwrap_or(8000);
    Example {
        title: "Run it through the pack's server".to_owned(),
        language: "shell",
        text: format!("curl http://localhost:{port}/execute -H 'Content-Type: application/json' \\\n  -d '{body}'"),
    }
}
