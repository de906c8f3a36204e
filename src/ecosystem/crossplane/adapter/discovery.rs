//! The class of an adapter, as the engine's registry finds it.

use super::super::codes::consumer::ADAPTER_UNDISCOVERABLE;
use crate::diag::{Place, Sink};
use crate::pack::{Field, FieldTable, PackTree};
use crate::python::{self, Class, Module};

/// The file that the engine imports.
pub(super) const FILE: &str = "adapter.py";

/// Returns the names under which the engine looks for the class in a directory's module.
///
/// They are made with Python's `capitalize`, `upper` and `title`, which differ for names of several words.
fn expected(directory: &str) -> Vec<String> {
    let joined: String = directory.chars().filter(|c| !matches!(c, '-' | '_')).collect();
    let mut names = vec![capitalize(directory), directory.to_uppercase(), title(directory), title(&joined)];
    if directory.contains(['-', '_']) {
        names.push(directory.split(['-', '_']).map(capitalize).collect());
    }
    names.dedup();
    names.into_iter().map(|name| format!("{name}Adapter")).collect()
}

/// Does what `str.capitalize` does.
fn capitalize(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect())
}

/// Does what `str.title` does: a letter behind anything else is large, the others are small.
fn title(text: &str) -> String {
    let mut is_inside = false;
    let mut titled = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_inside {
            titled.extend(letter.to_lowercase());
        } else {
            titled.extend(letter.to_uppercase());
        }
        is_inside = letter.is_alphabetic();
    }
    titled
}

/// Reports an adapter whose class the engine does not find, and returns the class.
pub(super) fn check(tree: &PackTree<'_>, sink: &mut Sink) -> Option<Class> {
    let directory = tree.directory?;
    let expected = expected(directory);
    let name = expected.last().map_or("", String::as_str);
    let help = format!("call the class `{name}`: the engine leaves out what it does not find, without a word");
    let Some(entry) = tree.get(FILE) else {
        sink.report(ADAPTER_UNDISCOVERABLE, Place::file("adapter.yaml"), format!("there is no `{FILE}`")).help(help);
        return None;
    };
    let reading = python::read_file(tree, entry);
    let module = match &*reading {
        Ok(module) => module,
        Err(fault) => {
            let place = Place { path: FILE.to_owned(), span: fault.span, excerpt: None };
            let message = format!("`{FILE}` cannot be read: {}", fault.message);
            sink.report(ADAPTER_UNDISCOVERABLE, place, message)
                .help("the engine leaves out an adapter that it cannot import");
            return None;
        }
    };
    let found = expected.iter().find(|name| module.names.contains(*name));
    if found.is_none() && !module.has_further_names {
        let own = module.classes.iter().rfind(|class| class.name.ends_with("Adapter"));
        let message = match own {
            Some(class) => {
                format!("the class is called `{}`, which the engine does not look for in `{directory}`", class.name)
            }
            None => format!("`{FILE}` has no class that the engine looks for in `{directory}`"),
        };
        let text = tree.text(entry, python::MOST_BYTES).unwrap_or_default();
        let place = own.map_or_else(|| Place::file(FILE), |class| Place::in_text(FILE, class.span, &text));
        sink.report(ADAPTER_UNDISCOVERABLE, place, message).help(help);
    }
    module.class(found?).cloned()
}

/// Returns the settings of an adapter: the fields of the model that `config.py` or `adapter.py` defines.
///
/// Names and types only of what is secret: a default would be one for everybody.
pub(super) fn settings(tree: &PackTree<'_>) -> Option<FieldTable> {
    let files = ["config.py", FILE].iter().filter_map(|path| tree.get(path));
    let readings = files.map(|entry| python::read_file(tree, entry));
    let class = readings.filter_map(|reading| reading.as_ref().as_ref().ok().and_then(model).cloned()).next()?;
    let fields =
        class.fields.iter().filter(|field| !field.name.starts_with('_') && field.name != "model_config").map(|field| {
            let annotation = field.annotation.as_str();
            let is_optional = annotation.starts_with("Optional[") || annotation.contains("None");
            let secret = annotation.contains("SecretStr") || annotation.contains("SecretBytes");
            let default = field.default.as_deref();
            let call = default.and_then(|text| text.strip_prefix("Field(")).map(|text| text.trim_start());
            let is_ellipsis =
                default.is_none() || default == Some("...") || call.is_some_and(|inner| inner.starts_with("..."));
            let names_default = call.is_none_or(|inner| {
                inner.contains("default") || !inner.contains('=') || inner.find(',') < inner.find('=')
            });
            let literal = match call {
                Some(inner) => named_default(inner),
                None => default,
            };
            let literal = literal.filter(|_| !secret && !is_ellipsis).map(str::to_owned);
            Field {
                name: field.name.clone(),
                type_text: annotation.to_owned(),
                required: is_ellipsis || (!names_default && !is_optional),
                secret,
                default: literal,
                ..Field::default()
            }
        });
    let fields: Vec<Field> = fields.take(500).collect();
    (!fields.is_empty()).then(|| FieldTable {
        title: "Configuration".into(),
        anchor: "configuration".into(),
        fields: fields.into(),
    })
}

/// Returns the plain literal behind `default=` among the arguments of a call, such as `10` in `default=10, ge=1)`.
fn named_default(arguments: &str) -> Option<&str> {
    let value = arguments.split("default=").nth(1)?;
    let literal = value.split([',', ')']).next()?.trim();
    let is_plain = !literal.is_empty() && !literal.contains(['(', '[', '{']);
    is_plain.then_some(literal)
}

/// Returns the model of the configuration: the last class called `…Config`.
fn model(module: &Module) -> Option<&Class> {
    let is_model = |class: &&Class| class.name.ends_with("Config") && !class.bases.is_empty();
    module.classes.iter().rev().find(is_model)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_looks_for_a_few_names() {
        assert_eq!(expected("talos"), ["TalosAdapter", "TALOSAdapter", "TalosAdapter"]);
        let names = expected("cert_manager");
        assert_eq!(
            names,
            [
                "Cert_managerAdapter",
                "CERT_MANAGERAdapter",
                "Cert_ManagerAdapter",
                "CertmanagerAdapter",
                "CertManagerAdapter"
            ]
        );
        assert!(expected("ksops").contains(&"KSOPSAdapter".to_owned()));
        assert_eq!(title("a1b c"), "A1B C");
    }
}
