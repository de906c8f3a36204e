//! Words of a language that nobody speaks, some of them English, used as often as words are: the n-th with a share of 1/n.

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
pub(crate) struct Random(u64);

impl Random {
    /// Returns a generator for one pack.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number below a bound, which is at least 1.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

const VERBS: &[&str] = &[
    "get", "list", "create", "update", "delete", "describe", "start", "stop", "restart", "attach", "detach", "enable",
    "disable", "export", "import", "validate", "search", "count", "tag", "assign", "release", "rotate", "restore",
    "archive", "approve", "reject", "sync", "watch", "move", "check",
];
const OBJECTS: &[&str] = &[
    "instance",
    "volume",
    "snapshot",
    "image",
    "address",
    "subnet",
    "route",
    "zone",
    "record",
    "certificate",
    "key",
    "user",
    "group",
    "role",
    "policy",
    "token",
    "project",
    "issue",
    "comment",
    "board",
    "sprint",
    "branch",
    "build",
    "artifact",
    "deployment",
    "service",
    "endpoint",
    "listener",
    "rule",
    "alarm",
    "dashboard",
    "channel",
    "message",
    "schedule",
    "incident",
    "report",
    "invoice",
    "contract",
    "device",
    "bucket",
    "queue",
    "topic",
    "table",
    "cluster",
    "node",
    "pod",
    "secret",
    "network",
    "firewall",
    "ticket",
];
const SYLLABLES: &[&str] = &[
    "ba", "cor", "de", "fen", "gri", "hal", "in", "jo", "kel", "lum", "mi", "nor", "o", "pra", "qui", "ro", "sta",
    "tel", "ul", "ver", "wen", "xa", "yt", "zor", "bri", "cas", "dro", "eph", "fla", "gen", "hu", "ist", "ka", "lin",
    "mer", "ni", "pol", "res", "sol", "tri", "um", "vi", "war", "zen",
];
const FIELDS: &[&str] = &[
    "name",
    "id",
    "type",
    "region",
    "timeout",
    "host",
    "password",
    "username",
    "url",
    "limit",
    "token",
    "filter",
    "path",
    "port",
    "verify_ssl",
    "dry_run",
    "description",
    "labels",
    "format",
    "size",
];
/// How many words there are besides verbs and objects.
const INVENTED: usize = 24_000;

/// Returns a word, often a common one.
pub(crate) fn word(random: &mut Random) -> String {
    let common = VERBS.len() + OBJECTS.len();
    match zipf(random, common + INVENTED) {
        // The most common ones are mixed.
        rank if rank < common && rank % 3 != 0 => OBJECTS[rank % OBJECTS.len()].to_owned(),
        rank if rank < common => VERBS[rank % VERBS.len()].to_owned(),
        rank => invented(rank),
    }
}

/// Returns the name of a pack, which no other number gives.
pub(crate) fn name(random: &mut Random, number: u64) -> String {
    let maker = invented(100 + number as usize);
    match random.below(4) {
        0 => maker,
        1 => format!("{maker}-{}", OBJECTS[random.below(OBJECTS.len())]),
        2 => format!("{maker}-{}", word(random)),
        _ => format!("{maker}-{}-{}", word(random), OBJECTS[random.below(OBJECTS.len())]),
    }
}

/// Returns the name of a component.
pub(crate) fn component(random: &mut Random) -> String {
    let (verb, object) = (VERBS[zipf(random, VERBS.len())], OBJECTS[zipf(random, OBJECTS.len())]);
    match random.below(5) {
        0 => format!("{verb}_{object}"),
        1 => format!("{verb}_{object}_{}", word(random)),
        2 => format!("{verb}_{}", word(random)),
        3 => format!("{}_{}", word(random), word(random)),
        _ => format!("{verb}_{}_{object}", word(random)),
    }
}

/// Returns the name of a parameter: every second one is that of many.
pub(crate) fn field(random: &mut Random) -> String {
    match random.below(6) {
        0 => FIELDS[zipf(random, FIELDS.len())].to_owned(),
        1 => format!("{}_{}", OBJECTS[zipf(random, OBJECTS.len())], FIELDS[zipf(random, FIELDS.len())]),
        2 => FIELDS[zipf(random, FIELDS.len())].to_owned(),
        3 => format!("{}_{}", word(random), FIELDS[zipf(random, FIELDS.len())]),
        4 => format!("{}_{}", word(random), word(random)),
        _ => word(random),
    }
}

/// Returns so many words.
pub(crate) fn sentence(random: &mut Random, count: usize) -> String {
    let words: Vec<String> = (0..count).map(|_| word(random)).collect();
    let mut text = words.join(" ");
    text[..1].make_ascii_uppercase();
    text.push('.');
    text
}

/// Returns a rank below `count`: the n-th with a share of 1/n.
fn zipf(random: &mut Random, count: usize) -> usize {
    let uniform = (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
    (((count + 1) as f64).powf(uniform) as usize - 1).min(count - 1)
}

/// Returns the word with a number, of two to four syllables; numbers below 48 thousand have words of their own.
fn invented(number: usize) -> String {
    let count = SYLLABLES.len();
    // A step that shares no factor with the number of words mixes them.
    let mut rest = number * 48_271 % (count * count * count);
    let mut word = String::new();
    for _ in 0..3 {
        word.push_str(SYLLABLES[rest % count]);
        rest /= count;
    }
    word
}
