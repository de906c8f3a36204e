use serde_json::json;

use super::*;

fn module(text: &str) -> Module {
    read(text).unwrap_or_else(|fault| panic!("{}", fault.message))
}

#[test]
fn functions_and_classes_are_documented_as_written() {
    let module = module(
        "\"\"\"What it is.\n\n    More.\n    \"\"\"\n\
         @app.post('/run', status_code=200)\nasync def run(a: int, /, b: str = 'x', *rest, c=1, **more) -> list[str]:\n    \"Runs.\"\n    return []\n\n\
         @dataclass\nclass Result(Base):\n    \"\"\"A result.\"\"\"\n    id: str\n    left: int | None = None\n    name = 'x'\n    def __init__(self): ...\n    def of(self, *, x): pass\n",
    );
    assert_eq!(module.doc.as_deref(), Some("What it is.\n\nMore."));
    let run = &module.functions[0];
    assert_eq!(run.signature(), "async def run(a: int, /, b: str = 'x', *rest, c=1, **more) -> list[str]");
    assert_eq!((run.doc.as_deref(), run.span.line, run.span.column), (Some("Runs."), 6, 11));
    assert_eq!(run.decorators[0].name, "app.post");
    assert_eq!(run.decorators[0].arguments[0].as_ref().and_then(|node| node.as_str()), Some("/run"));
    let class = &module.classes[0];
    assert!(class.is_dataclass());
    assert_eq!((class.bases.join(" "), class.fields.len(), class.methods.len()), ("Base".to_owned(), 2, 2));
    assert_eq!(class.fields[1].default.as_deref(), Some("None"));
    assert_eq!(class.method("of").map(Function::signature).as_deref(), Some("def of(self, *, x)"));
    assert!(["run", "Result"].iter().all(|name| module.names.contains(*name)) && !module.names.contains("name"));
}

#[test]
fn returned_literals_are_evaluated_with_the_names_they_use() {
    let module = module(
        "NAME: str = 'a' 'b'\nTOOLS = [{'name': NAME, 'n': -1, 'ok': True, 'no': None}]\n\
         def literal():\n    extra = (1.5, 2)\n    if x:\n        return call()\n    return {'tools': TOOLS, 'extra': extra}\n\
         def dynamic():\n    return {'tools': [make(t) for t in TOOLS]}\n\
         def twice():\n    return TWICE\nTWICE = 1\nTWICE = 2\n",
    );
    let returned = module.functions[0].returned.as_ref().expect("a literal");
    let expected = json!({ "tools": [{ "name": "ab", "n": -1, "ok": true, "no": null }], "extra": [1.5, 2] });
    assert_eq!(returned.to_json(), expected);
    assert_eq!(returned.get("tools").map(|node| node.items()[0].span.line), Some(2));
    assert!(module.functions[1].returned.is_none() && module.functions[2].returned.is_none());
}

#[test]
fn names_that_hold_each_other_are_bounded() {
    let mut text = "A0 = [1, 1]\n".to_owned();
    (1..60).for_each(|n| text.push_str(&format!("A{n} = [A{}, A{}]\n", n - 1, n - 1)));
    text.push_str("LOOP = [LOOP]\ndef f():\n    return A59\ndef g():\n    return LOOP\n");
    assert!(module(&text).functions.iter().all(|function| function.returned.is_none()));
}

#[test]
fn comparisons_lookups_and_environment_are_found_wherever_they_stand() {
    let module = module(
        "import os\nfrom os import environ, getenv\nKEY = 'FROM_NAME'\nHANDLERS = {'x': run, 'y': None, other: 1}\n\
         def execute(request):\n    if request.tool_name == 'a' or 'b' == request.tool_name: pass\n    elif request.tool_name in ('c', 'd'): pass\n\
         \x20   match request.tool_name:\n        case 'e' | 'f': return os.getenv('ONE')\n        case _: return f\"{os.environ['TWO']}\"\n\
         \x20   HANDLERS[request.tool_name](getenv(KEY, 1), environ.get('THREE'), default=os.environ.get('FOUR', ''))\n\
         \x20   HANDLERS.get(request.tool_name)\n    os.environ['SET'] = '1'\n",
    );
    let values: Vec<&str> = module.comparisons.iter().map(|found| found.value.as_str()).collect();
    assert_eq!(values, ["a", "b", "c", "d", "e", "f"]);
    assert!(module.comparisons.iter().all(|found| found.subject == "request.tool_name"));
    assert_eq!(module.tables[0].keys.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(module.lookups.iter().filter(|found| found.table == "HANDLERS").count(), 2);
    let reads: Vec<(&str, bool)> =
        module.environment.iter().map(|found| (found.name.as_str(), found.has_default)).collect();
    let expected = [("ONE", false), ("TWO", false), ("FROM_NAME", true), ("THREE", false), ("FOUR", true)];
    assert_eq!(reads, expected);
}

#[test]
fn imports_say_whether_they_may_fail() {
    let module = module(
        "from __future__ import annotations\nimport a.b, c\nfrom . import d\ntry:\n    import e\nexcept ImportError:\n    from f.g import *\n\
         if TYPE_CHECKING:\n    import h\ndef lazy():\n    from i import j\n",
    );
    let found: Vec<(&str, u32, bool)> =
        module.imports.iter().map(|import| (import.module.as_str(), import.level, import.is_optional)).collect();
    let expected = [
        ("__future__", 0, false),
        ("a.b", 0, false),
        ("c", 0, false),
        ("", 1, false),
        ("e", 0, true),
        ("f.g", 0, true),
        ("h", 0, true),
        ("i", 0, false),
    ];
    assert_eq!(found, expected);
    assert!(module.has_further_names && module.names.contains("a") && !module.names.contains("j"));
}

#[test]
fn a_function_has_an_effect_when_it_calls_or_changes_something() {
    let module = module(
        "def none(r):\n    \"Doc.\"\n    if r is None:\n        raise TypeError('x')\n\
         def calls(r):\n    r.add(1)\ndef sets(r):\n    r.x = 1\ndef stores(r):\n    r['x'] = 1\ndef loops(r):\n    for x in r:\n        x()\n",
    );
    let effects: Vec<bool> = module.functions.iter().map(|function| function.has_effect).collect();
    assert_eq!(effects, [false, true, true, true, true]);
}

#[test]
fn calls_keep_their_literals() {
    let module = module("if __name__ == '__main__':\n    uvicorn.run(app, host='0.0.0.0', port=8001)\n");
    let call = &module.calls[0];
    assert_eq!((call.name.as_str(), call.arguments.len(), call.keywords.len()), ("uvicorn.run", 1, 2));
    assert_eq!(call.keywords[1].1.to_json(), json!(8001));
}

#[test]
fn a_syntax_error_has_a_place() {
    let fault = read("x = 1\ndef broken(:\n").expect_err("broken");
    assert!(!fault.is_limit);
    assert_eq!(fault.span.map(|span| span.line), Some(2));
}

/// What nests deep must end in a fault, on a stack as small as that of a worker, and flat files of the same size must not.
#[test]
fn nesting_of_every_kind_is_bounded_on_a_small_stack() {
    let run = || {
        let deep = 50_000;
        for (start, middle, end) in [
            ("x = ", "(", ""),
            ("x = ", "[", ""),
            ("x = ", "not ", "y"),
            ("x = ", "-", "y"),
            ("x = ", "lambda a, b: ", "y"),
            ("x = a", ".b", ""),
            ("x = f", "()", ""),
            ("x = f", "[1]", ""),
            ("x = 1", " + 1", ""),
            ("x = 1", " ** 1", ""),
            ("x = ", "a if b else ", "c"),
            ("x = ", "await ", "c"),
            ("x = f'{", "a.", "b}'"),
            ("x = ", "f'{", ""),
        ] {
            let fault = read(&format!("{start}{}{end}\n", middle.repeat(deep)));
            assert!(fault.is_err(), "{start}{middle}");
            let allowed = read(&format!("{start}{}{end}\n", middle.repeat(150)));
            let is_no_python = middle == "await " || middle.trim_end().ends_with(['(', '[', '{']);
            assert!(allowed.is_ok() || is_no_python, "{start}{middle}");
        }
        let indented: String = (0..2000).map(|n| format!("{}if x:\n", " ".repeat(n))).collect();
        assert!(read(&format!("{indented}{}pass\n", " ".repeat(2000))).is_err());
        let almost = read(&format!("x = a{}\n", ".b".repeat(990)));
        assert!(almost.is_ok());
        let flat = format!("x = [{}]\n{}", "a.b(c), ".repeat(20_000), "y = 'a' + 'b'\n".repeat(20_000));
        assert!(read(&flat).is_ok());
        let chain: String = (0..2000).map(|n| format!("elif x == {n}:\n    pass\n")).collect();
        assert!(read(&format!("if x:\n    pass\n{chain}")).is_ok());
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread").join().expect("no overflow");
}
