//! The files of a StackStorm pack.

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
        "---\nref: {name}\nname: {}\ndescription: \"Works with {}.\"\nversion: {}\n",
        pack.title(),
        words::phrase(&mut random),
        pack.releases[release].version
    );
    out.push_str("keywords:\n");
    for topic in topics(pack) {
        writeln!(out, "  - {topic}").expect("writing to a string cannot fail");
    }
    out.push_str("python_versions:\n  - \"3\"\nauthor: Example Packs\nemail: packs@example.org\n");
    out.push_str("contributors:\n  - Example Contributor <contributor@example.org>\n");
    if random.chance(60) {
        out.push_str("stackstorm_version: \">=3.6.0\"\n");
    }
    if let Some(dependency) = &pack.dependency {
        writeln!(out, "dependencies:\n  - {dependency}").expect("writing to a string cannot fail");
    }
    files.put("pack.yaml", out);
    files.put("CHANGES.md", documents::changes(pack, release));
}

/// Puts what changes with larger releases only.
pub(crate) fn documents(pack: &Pack, revision: u64, files: &mut Files) {
    let settings = settings(pack);
    files.put("README.md", documents::readme(pack, revision, &settings));
    let mut random = pack.random(6, &[revision]);
    for group in 0..pack.actions.div_ceil(ACTIONS_PER_FILE) {
        files.put(format!("actions/run_{group}.py"), documents::python(&mut random, &pack.name));
    }
}

/// Puts what never changes, and the components besides the actions.
pub(crate) fn foundation(pack: &Pack, files: &mut Files) {
    let name = &pack.name;
    let settings = settings(pack);
    files.put("LICENSE", documents::license(pack));
    files.put("icon.png", documents::ICON);
    files.put("config.schema.yaml", format!("---\n{}", schema(&settings, 0)));
    let values: String = settings.iter().map(|setting| format!("{}: {}\n", setting.name, setting.example())).collect();
    files.put(format!("{name}.yaml.example"), format!("---\n{values}"));
    files.put("requirements.txt", "requests>=2.31\n");
    if !pack.extras {
        return;
    }
    let mut random = pack.random(7, &[]);
    let payload = schema(&parameters(&mut random, 5).into_iter().map(Parameter::optional).collect::<Vec<_>>(), 8);
    let class = class_name(pack);
    files.put(
        "sensors/watcher.yaml",
        format!(
            "---\nclass_name: {class}\nentry_point: watcher.py\ndescription: \"Watches {}.\"\npoll_interval: 30\n\
             trigger_types:\n  - name: changed\n    description: \"Fires when something changed.\"\n    payload_schema:\n      \
             type: object\n      properties:\n{payload}",
            words::phrase(&mut random)
        ),
    );
    files.put("sensors/watcher.py", documents::python(&mut random, &class));
    let (first, second) = (pack.action(0), pack.action(1));
    files.put(
        "rules/on_change.yaml",
        format!(
            "---\nname: on_change\npack: {name}\ndescription: \"Runs {first} when something changed.\"\nenabled: false\n\
             trigger:\n  type: {name}.changed\n  parameters: {{}}\ncriteria:\n  trigger.state:\n    type: equals\n    \
             pattern: failed\naction:\n  ref: {name}.{first}\n  parameters: {{}}\n"
        ),
    );
    files.put(
        "aliases/ask.yaml",
        format!(
            "---\nname: ask\npack: {name}\naction_ref: {name}.{first}\ndescription: \"Asks for {}.\"\nformats:\n  - \
             \"{name} {}\"\n  - display: \"{name} now\"\n    representation:\n      - \"{name} now\"\nack:\n  enabled: \
             true\n  format: \"On it.\"\n",
            words::phrase(&mut random),
            words::spaced(&first)
        ),
    );
    files.put(
        "actions/all_steps.yaml",
        "---\nname: all_steps\ndescription: \"Runs the first two actions one after the other.\"\nrunner_type: \
         orquesta\nentry_point: workflows/all_steps.yaml\nenabled: true\nparameters:\n  subject:\n    type: string\n    \
         description: \"What to work on.\"\n    required: true\n    position: 0\n",
    );
    files.put(
        "actions/workflows/all_steps.yaml",
        format!(
            "version: 1.0\ndescription: Runs the first two actions one after the other.\ninput:\n  - subject\ntasks:\n  \
             first:\n    action: {name}.{first}\n    next:\n      - when: <% succeeded() %>\n        publish: answer=<% \
             result().result %>\n        do: second\n  second:\n    action: {name}.{second}\n    next:\n      - when: <% \
             failed() %>\n        do: fail\noutput:\n  - answer: <% ctx(answer) %>\n"
        ),
    );
}

/// Puts one action.
pub(crate) fn action(pack: &Pack, number: usize, revision: u32, files: &mut Files) {
    let name = pack.action(number);
    let mut random = pack.random(8, &[number as u64]);
    let count = random.between(5, 12);
    let parameters = parameters(&mut random, count);
    let mut random = pack.random(9, &[number as u64, u64::from(revision)]);
    let mut out = format!(
        "---\nname: {name}\npack: {}\ndescription: \"{} {}. {} Revision {revision}.\"\nrunner_type: python-script\n\
         entry_point: run_{}.py\nenabled: true\nparameters:\n",
        pack.name,
        words::title(&name),
        words::phrase(&mut random),
        words::remark(&mut random),
        number / ACTIONS_PER_FILE,
    );
    for (position, parameter) in parameters.iter().enumerate() {
        parameter.write(&mut out, 2, (position < 3).then_some(position));
    }
    files.put(format!("actions/{name}.yaml"), out);
}

fn settings(pack: &Pack) -> Vec<Parameter> {
    let mut random = pack.random(10, &[]);
    let count = random.between(3, 7);
    parameters(&mut random, count)
}

fn topics(pack: &Pack) -> Vec<&'static str> {
    let mut topics = words::TOPICS.to_vec();
    pack.random(11, &[]).shuffle(&mut topics);
    topics.truncate(4);
    topics
}

fn class_name(pack: &Pack) -> String {
    pack.name.split('_').map(words::title).collect::<String>() + "Sensor"
}
