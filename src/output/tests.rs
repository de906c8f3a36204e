use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;
use crate::ident::Digest;
use crate::progress::Silent;

struct Folder {
    directory: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.directory.path().join(name)).unwrap()
    }

    fn public(&self) -> Utf8PathBuf {
        self.path("public")
    }

    fn write(&self, files: &[(&str, &str)]) -> Result<Written, OutputError> {
        let plan =
            |(path, text): &(&str, &str)| Unit::bytes(Phase::Pages, RelPath::composed(path), text.as_bytes()).into();
        self.write_units(&files.iter().map(plan).collect::<Vec<_>>())
    }

    fn write_units(&self, units: &[Arc<Unit>]) -> Result<Written, OutputError> {
        Ok(write_site(&self.public(), units.to_vec(), &Record::default(), &Silent)?.0)
    }

    /// Returns every file below the folder with its text, without the marker.
    fn files(&self) -> BTreeMap<String, String> {
        let existing = existing::Existing::scan(&self.public()).unwrap();
        let read = |path: String| {
            let text = std::fs::read_to_string(self.public().join(&path)).unwrap();
            (path, text)
        };
        existing.files.into_keys().map(read).collect()
    }

    fn names_beside(&self) -> Vec<String> {
        let entries = self.directory.path().read_dir().unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn counts(written: Written) -> (usize, usize, usize) {
    (written.written, written.unchanged, written.deleted)
}

fn texts(files: &[(&str, &str)]) -> BTreeMap<String, String> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

const FIRST: &[(&str, &str)] = &[("index.html", "home"), ("a/b/c.html", "c"), ("a/d.html", "d")];

#[test]
fn second_run_writes_nothing() {
    let place = Folder::new();
    let first = place.write(FIRST).unwrap();
    assert_eq!((counts(first), first.bytes), ((3, 0, 0), 6));
    assert_eq!(place.files(), texts(FIRST));
    assert_eq!(counts(place.write(FIRST).unwrap()), (0, 3, 0));
    assert_eq!(place.names_beside(), ["public"]);
}

#[test]
fn incremental_run_equals_a_full_one() {
    let place = Folder::new();
    place.write(FIRST).unwrap();
    let second = [("index.html", "home"), ("a/d.html", "D"), ("e/f", "new")];
    assert_eq!(counts(place.write(&second).unwrap()), (2, 1, 1));
    assert_eq!(place.files(), texts(&second));
    assert!(!place.public().join("a/b").exists());
}

#[test]
fn files_and_directories_can_trade_places() {
    let place = Folder::new();
    place.write(&[("a/b/c", "1"), ("d", "2")]).unwrap();
    let second = [("a", "1"), ("d/e/f", "2")];
    place.write(&second).unwrap();
    assert_eq!(place.files(), texts(&second));
}

#[test]
fn folder_of_somebody_else_is_left_alone() {
    let place = Folder::new();
    std::fs::create_dir(place.public()).unwrap();
    std::fs::write(place.public().join("thesis.txt"), "years of work").unwrap();
    assert!(matches!(place.write(FIRST), Err(OutputError::Foreign(_))));
    assert_eq!(place.files(), texts(&[("thesis.txt", "years of work")]));
    std::fs::write(place.public().join(MARKER), "").unwrap();
    assert_eq!(counts(place.write(FIRST).unwrap()), (3, 0, 1));
}

#[test]
fn empty_folder_is_taken_and_gits_own_is_kept() {
    let place = Folder::new();
    std::fs::create_dir(place.public()).unwrap();
    place.write(FIRST).unwrap();
    std::fs::create_dir(place.public().join(".git")).unwrap();
    std::fs::write(place.public().join(".git/HEAD"), "ref").unwrap();
    assert_eq!(counts(place.write(FIRST).unwrap()), (0, 3, 0));
    assert!(place.public().join(".git/HEAD").exists());
}

#[test]
fn path_planned_twice_is_an_error() {
    let place = Folder::new();
    let twice = [("a", "1"), ("b", "2"), ("a", "1")];
    assert!(matches!(place.write(&twice), Err(OutputError::Twice(path)) if path.as_str() == "a"));
    assert_eq!(place.names_beside(), [""; 0]);
    place.write(FIRST).unwrap();
    assert!(matches!(place.write(&twice), Err(OutputError::Twice(_))));
}

#[test]
fn failed_first_run_leaves_nothing_and_what_killed_runs_left_is_deleted() {
    let place = Folder::new();
    let fails = || Err(RenderError { page: "a".to_owned(), reason: "no such template".to_owned() });
    let planned = vec![
        Unit::bytes(Phase::Archives, RelPath::composed("x"), *b"x").into(),
        Unit::file(Phase::Pages, RelPath::composed("a"), "a", fails).into(),
    ];
    assert!(matches!(place.write_units(&planned), Err(OutputError::Render(_))));
    assert_eq!(place.names_beside(), [""; 0]);
    let left = place.path(".public.packyard-tmp-1-0");
    std::fs::create_dir_all(left.join("a")).unwrap();
    std::fs::write(left.join(MARKER), "").unwrap();
    std::fs::create_dir(place.path(".public.packyard-tmp-mine")).unwrap();
    place.write(FIRST).unwrap();
    assert_eq!(place.names_beside(), [".public.packyard-tmp-mine", "public"]);
    std::fs::write(place.public().join("a/.packyard-0.tmp"), "left").unwrap();
    place.write(&[("a/d.html", "other")]).unwrap();
    assert_eq!(place.files(), texts(&[("a/d.html", "other")]));
}

#[test]
fn a_unit_that_makes_a_file_outside_its_places_is_a_bug() {
    let place = Folder::new();
    let unit =
        Unit::batch(Phase::Pages, [Place::folder("a")], "key", || Ok(vec![(RelPath::composed("ab/c"), Vec::new())]));
    let result = place.write_units(&[unit.into()]);
    assert!(matches!(result, Err(OutputError::Misplaced(path)) if path.as_str() == "ab/c"));
}

/// Remembers the stages, and how many steps each had.
#[derive(Default)]
struct Stages(Mutex<Vec<(String, u64)>>);

impl Progress for Stages {
    fn stage(&self, name: &str, total: Option<u64>) {
        assert_eq!(total, Some(1));
        self.0.lock().unwrap().push((name.to_owned(), 0));
    }

    fn tick(&self, steps: u64) {
        self.0.lock().unwrap().last_mut().unwrap().1 += steps;
    }
}

#[test]
fn phases_are_in_order_and_each_is_a_stage() {
    let place = Folder::new();
    for _ in 0..2 {
        let (order, stages) = (Arc::new(Mutex::new(Vec::new())), Stages::default());
        let step = |phase: Phase| {
            let order = Arc::clone(&order);
            let unit = Unit::batch(phase, [Place::folder(format!("{phase:?}"))], phase, move || {
                order.lock().unwrap().push(phase);
                let name = |n| RelPath::composed(format!("{phase:?}/{n}"));
                Ok(vec![(name(1), b"1".to_vec()), (name(2), b"2".to_vec())])
            });
            unit.into()
        };
        let planned = vec![step(Phase::Pointers), step(Phase::Archives), step(Phase::Pages)];
        write_site(&place.public(), planned, &Record::default(), &stages).unwrap();
        assert_eq!(*order.lock().unwrap(), [Phase::Archives, Phase::Pages, Phase::Pointers]);
        let expected = ["Copying archives", "Writing pages", "Writing indexes"].map(|name| (name.to_owned(), 1));
        assert_eq!(stages.0.into_inner().unwrap(), expected);
    }
}

#[test]
fn copies_are_compared_and_replaced() {
    let place = Folder::new();
    let (source, target) = (place.path("archive"), RelPath::composed("archives/a.tar.gz"));
    let mut bytes = vec![7; 100_000];
    for expected in [(1, 0, 0), (0, 1, 0)] {
        std::fs::write(&source, &bytes).unwrap();
        let planned = vec![Unit::copy(target.clone(), source.clone(), Digest::of(&bytes)).into()];
        assert_eq!(counts(place.write_units(&planned).unwrap()), expected);
    }
    bytes[99_999] = 8;
    std::fs::write(&source, &bytes).unwrap();
    let planned = vec![Unit::copy(target.clone(), source, Digest::of(&bytes)).into()];
    assert_eq!(counts(place.write_units(&planned).unwrap()), (1, 0, 0));
    assert_eq!(std::fs::read(place.public().join(target.as_str())).unwrap(), bytes);
}

#[test]
fn folder_has_one_writer() {
    let place = Arc::new(Folder::new());
    place.write(FIRST).unwrap();
    let inner = Arc::new(Mutex::new(None));
    let (same, result) = (Arc::clone(&place), Arc::clone(&inner));
    let unit = Unit::batch(Phase::Pages, [], "none", move || {
        *result.lock().unwrap() = Some(same.write(FIRST));
        Ok(Vec::new())
    });
    place.write_units(&[unit.into()]).unwrap();
    assert!(matches!(inner.lock().unwrap().take(), Some(Err(OutputError::Busy(_)))));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// Ensures that nothing outside is written to or deleted, whatever links somebody put into the folder.
    #[test]
    fn links_are_replaced_and_never_followed() {
        let place = Folder::new();
        place.write(&[("x", "x")]).unwrap();
        std::fs::create_dir(place.path("outside")).unwrap();
        std::fs::write(place.path("outside/d.html"), "precious").unwrap();
        std::fs::write(place.path("outside/index.html"), "home").unwrap();
        symlink(place.path("outside"), place.public().join("a")).unwrap();
        symlink(place.path("outside"), place.public().join("stale")).unwrap();
        symlink(place.path("outside/index.html"), place.public().join("index.html")).unwrap();
        assert_eq!(counts(place.write(FIRST).unwrap()), (3, 0, 2));
        assert_eq!(place.files(), texts(FIRST));
        assert!(place.public().join("a").symlink_metadata().unwrap().is_dir());
        assert!(place.public().join("index.html").symlink_metadata().unwrap().is_file());
        assert_eq!(std::fs::read_to_string(place.path("outside/d.html")).unwrap(), "precious");
        assert_eq!(std::fs::read_to_string(place.path("outside/index.html")).unwrap(), "home");
    }

    #[test]
    fn modes_are_those_of_a_web_site() {
        let place = Folder::new();
        place.write(FIRST).unwrap();
        place.write(&[("index.html", "other"), ("new/page.html", "x")]).unwrap();
        let mode = |path: &str| place.public().join(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(""), mode("new")], [0o755; 2]);
        assert_eq!([mode("index.html"), mode("new/page.html"), mode(MARKER)], [0o644; 3]);
    }

    /// A link to a folder elsewhere is a way to say where the site shall lie.
    #[test]
    fn public_itself_may_be_a_link() {
        let place = Folder::new();
        std::fs::create_dir(place.path("www")).unwrap();
        symlink(place.path("www"), place.public()).unwrap();
        assert_eq!(counts(place.write(FIRST).unwrap()), (3, 0, 0));
        assert_eq!(counts(place.write(FIRST).unwrap()), (0, 3, 0));
        assert!(place.path("www/a/d.html").exists());
    }
}
