//! The files of an Attune pack.

use std::fmt::Write as _;

use super::files::Files;
use super::parameters::{Parameter, parameters, schema};
use super::plan::Pack;
use super::{documents, words};

/// How many actions share one Python file.
const ACTIONS_PER_FILE: usize = 12;

/// Puts what every release has anew: the manifest and the changelog.
pub(crate) fn release(pack: &Pack, release: usize, files: &mut Files) {
    let mut random = pack.random(5, &[]);
    let name = &pack.name;
    let mut out = format!(
        "ref: {name}\nlabel: \"{}\"\ndescription: \"Works with {}.\"\nversion: \"{}\"\nauthor: \"Example Packs\"\nemail: \
         \"packs@example.org\"\nlicense: \"MIT\"\nsystem: false\nenabled: true\n\nconf_schema:\n{}\nmeta:\n  category: \
         integration\n  documentation_url: \"https://docs.example.org/{name}\"\n\ntags:\n",
        pack.title(),
        words::phrase(&mut random),
        pack.releases[release].version,
        schema(&settings(pack), 2),
    );
    let mut topics = words::TOPICS.to_vec();
    random.shuffle(&mut topics);
    for topic in &topics[..4] {
        writeln!(out, "  - {topic}").expect("writing to a string cannot fail");
    }
    out.push_str("runtime_deps:\n  - python\n");
    match &pack.dependency {
        Some(dependency) => writeln!(out, "dependencies:\n  - {dependency}").expect("writing to a string cannot fail"),
        None => out.push_str("dependencies: []\n"),
    }
    out.push_str(
        "\ntesting:\n  enabled: true\n  discovery:\n    method: directory\n    path: tests\n  runners:\n    python:\n      \
         type: unittest\n      entry_point: tests/test_pack.py\n      timeout: 120\n      result_format: simple\n",
    );
    files.put("pack.yaml", out);
    files.put("CHANGES.md", documents::changes(pack, release));
}

/// Puts what changes with larger releases only.
pub(crate) fn documents(pack: &Pack, revision: u64, files: &mut Files) {
    files.put("README.md", documents::readme(pack, revision, &settings(pack)));
    let mut random = pack.random(6, &[revision]);
    for group in 0..pack.actions.div_ceil(ACTIONS_PER_FILE) {
        files.put(format!("actions/run_{group}.py"), documents::python(&mut random, &pack.name));
    }
}

/// Puts what never changes, and the components besides the actions.
pub(crate) fn foundation(pack: &Pack, files: &mut Files) {
    let name = &pack.name;
    let mut random = pack.random(7, &[]);
    files.put("LICENSE", documents::license(pack));
    files.put("tests/test_pack.py", documents::python(&mut random, name));
    if !pack.extras {
        return;
    }
    let (first, second) = (pack.action(0), pack.action(1));
    files.put(
        "triggers/changed.yaml",
        format!(
            "ref: {name}.changed\nlabel: \"Changed\"\ndescription: \"Fires when something changed.\"\nenabled: \
             true\nparameters:\n{}output:\n{}",
            schema(&parameters(&mut random, 3), 2),
            schema(&parameters(&mut random, 5), 2)
        ),
    );
    files.put(
        "sensors/watcher.yaml",
        format!(
            "ref: {name}.watcher\nlabel: \"Watcher\"\ndescription: \"Watches {}.\"\nenabled: true\nrunner_type: \
             python\nentry_point: watcher.py\ntrigger_types:\n  - {name}.changed\npoll_interval: 30\nparameters:\n{}",
            words::phrase(&mut random),
            schema(&parameters(&mut random, 3), 2)
        ),
    );
    files.put("sensors/watcher.py", documents::python(&mut random, name));
    files.put(
        "rules/on_change.yaml",
        format!(
            "ref: {name}.on_change\nlabel: \"On change\"\ndescription: \"Runs {first} when something changed.\"\nenabled: \
             false\ntrigger_ref: {name}.changed\ntrigger_params: {{}}\naction_ref: {name}.{first}\naction_params:\n  \
             reason: \"{{{{ event.payload }}}}\"\nconditions: {{}}\n"
        ),
    );
    files.put(
        "actions/all_steps.yaml",
        format!(
            "ref: {name}.all_steps\nlabel: \"All steps\"\ndescription: \"Runs the first two actions one after the \
             other.\"\nenabled: true\nworkflow_file: workflows/all_steps.yaml\nparameters:\n  subject:\n    type: string\n    \
             description: \"What to work on.\"\n    required: true\ntags:\n  - workflow\n"
        ),
    );
    files.put(
        "actions/workflows/all_steps.yaml",
        format!(
            "ref: {name}.all_steps\nlabel: \"All steps\"\ndescription: \"Runs the first two actions one after the \
             other.\"\nversion: \"1.0.0\"\ntasks:\n  - name: first\n    action: {name}.{first}\n    input:\n      reason: \
             \"asked\"\n    next:\n      - when: \"{{{{ succeeded() }}}}\"\n        do:\n          - second\n  - name: \
             second\n    action: {name}.{second}\n    input:\n      reason: \"asked\"\n"
        ),
    );
}

/// Puts one action.
pub(crate) fn action(pack: &Pack, number: usize, revision: u32, files: &mut Files) {
    let name = pack.action(number);
    let mut random = pack.random(8, &[number as u64]);
    let count = random.between(5, 12);
    let input = parameters(&mut random, count);
    let output: Vec<Parameter> = parameters(&mut random, 2).into_iter().map(Parameter::optional).collect();
    let mut random = pack.random(9, &[number as u64, u64::from(revision)]);
    let out = format!(
        "ref: {}.{name}\nlabel: \"{}\"\ndescription: \"{} {}. {} Revision {revision}.\"\nenabled: true\nrunner_type: \
         python\nentry_point: run_{}.py\nparameter_delivery: stdin\nparameter_format: json\noutput_format: \
         json\ntimeout_seconds: {}\nparameters:\n{}output:\n{}tags:\n  - {}\n  - {}\n",
        pack.name,
        words::title(&name),
        words::title(&name),
        words::phrase(&mut random),
        words::remark(&mut random),
        number / ACTIONS_PER_FILE,
        random.between(1, 10) * 60,
        schema(&input, 2),
        schema(&output, 2),
        random.pick(&words::TOPICS[..8]),
        random.pick(&words::TOPICS[8..]),
    );
    files.put(format!("actions/{name}.yaml"), out);
}

fn settings(pack: &Pack) -> Vec<Parameter> {
    let mut random = pack.random(10, &[]);
    let count = random.between(3, 7);
    parameters(&mut random, count)
}
