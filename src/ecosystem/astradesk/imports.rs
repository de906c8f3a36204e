//! Imports that no dependency provides.

use std::collections::BTreeSet;

use super::codes::ASTRADESK_IMPORT_UNDECLARED;
use super::layout::FOLDERS;
use super::place::MOST_REPEATED;
use super::python_versions::normalised;
use super::whole::{Whole, is_test};
use crate::diag::Sink;

/// Modules whose project is called otherwise.
const PROJECTS: &[(&str, &[&str])] = &[
    ("attr", &["attrs"]),
    ("bs4", &["beautifulsoup4"]),
    ("cv2", &["opencv-python", "opencv-python-headless"]),
    ("dateutil", &["python-dateutil"]),
    ("dotenv", &["python-dotenv"]),
    ("fitz", &["pymupdf"]),
    ("google", &["protobuf", "google-"]),
    ("git", &["gitpython"]),
    ("grpc", &["grpcio"]),
    ("grpc_tools", &["grpcio-tools"]),
    ("jose", &["python-jose"]),
    ("jwt", &["pyjwt"]),
    ("ldap3", &["ldap3"]),
    ("magic", &["python-magic"]),
    ("multipart", &["python-multipart"]),
    ("MySQLdb", &["mysqlclient"]),
    ("opentelemetry", &["opentelemetry-"]),
    ("PIL", &["pillow"]),
    ("pkg_resources", &["setuptools"]),
    ("psycopg2", &["psycopg2", "psycopg2-binary"]),
    ("serial", &["pyserial"]),
    ("sklearn", &["scikit-learn"]),
    ("slack_sdk", &["slack-sdk"]),
    ("telegram", &["python-telegram-bot"]),
    ("yaml", &["pyyaml"]),
    ("zmq", &["pyzmq"]),
    ("azure", &["azure-"]),
];

/// Modules of the standard library, Python 3.11 to 3.14.
const STANDARD: &str = "\
abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect \
builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall compression \
concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal \
difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions \
ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib \
imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap \
marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers \
opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix \
posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib \
resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket \
socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess \
sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit \
tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib \
uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib \
zoneinfo";

/// Requires the modules that installed code imports to come with the pack or with a dependency.
pub(super) fn imports_are_declared(pack: &Whole<'_>, sink: &mut Sink) {
    let standard: BTreeSet<&str> = STANDARD.split_whitespace().collect();
    let own = own_modules(pack);
    let dependencies: BTreeSet<&str> =
        pack.manifest.dependencies.iter().map(|dependency| dependency.value.name.as_str()).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (entry, module) in pack.modules().filter(|(entry, _)| !is_test(entry)) {
        for import in module.imports.iter().filter(|import| import.level == 0 && !import.is_optional) {
            let name = import.module.split('.').next().unwrap_or_default();
            let is_known = name.is_empty()
                || name.starts_with('_')
                || standard.contains(name)
                || own.contains(name)
                || provides(&dependencies, name);
            if is_known || seen.len() >= MOST_REPEATED || !seen.insert(name) {
                continue;
            }
            let message = format!("`{name}` is imported, and no dependency provides it");
            let draft = sink.report(ASTRADESK_IMPORT_UNDECLARED, pack.place(entry, import.span), message);
            let in_extra = pack.manifest.optional.iter().find(|(_, requirements)| {
                provides(&requirements.iter().map(|requirement| requirement.name.as_str()).collect(), name)
            });
            match in_extra {
                Some((extra, _)) => draft
                    .help(format!("it is among the optional dependencies `{extra}`, which an installation leaves out")),
                None => {
                    draft.help(format!("add the project that has `{name}` to `dependencies`, or catch `ImportError`"))
                }
            };
        }
    }
}

/// Tells whether one of the projects has the module, by what it is called.
fn provides(projects: &BTreeSet<&str>, module: &str) -> bool {
    let name = normalised(module);
    let is_other = |other: &&str| match other.strip_suffix('-') {
        Some(_) => projects.iter().any(|project| project.starts_with(*other)),
        None => projects.contains(*other),
    };
    projects.contains(name.as_str())
        || projects.contains(format!("python-{name}").as_str())
        || PROJECTS.iter().any(|(known, others)| *known == module && others.iter().any(is_other))
}

/// Returns the names at the top of what the pack installs, or has beside it.
fn own_modules(pack: &Whole<'_>) -> BTreeSet<String> {
    let mut own: BTreeSet<String> = FOLDERS.iter().map(|folder| (*folder).to_owned()).collect();
    own.extend(pack.packaging.iter().flat_map(|packaging| packaging.top_level()).map(str::to_owned));
    for (entry, _) in pack.python {
        let path = entry.path.as_str();
        let path = path.strip_prefix("src/").unwrap_or(path);
        own.extend(path.split('/').next().map(|first| first.trim_end_matches(".py").to_owned()));
        // A file beside another one, for those that are run as a script.
        own.insert(entry.path.file_name().trim_end_matches(".py").to_owned());
    }
    own
}
