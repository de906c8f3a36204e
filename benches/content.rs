//! What a release costs: the listing beside bare SHA-256, the archive beside the bare encoder, over the same bytes.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use packyard::content::{Listing, archive};
use packyard::ident::RelPath;
use packyard::pack::Memo;
use packyard::source::{BlobId, Blobs, FileEntry, ReadError, Snapshot};
use sha2::{Digest as _, Sha256};

const FILES: usize = 500;
const BYTES: usize = 4096;

/// Files in memory, named by their number.
struct InMemory(Vec<Arc<[u8]>>);

impl Blobs for InMemory {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        let number: usize = entry.path.file_stem().parse().expect("files are named by their number");
        Ok(Arc::clone(&self.0[number]))
    }
}

/// Returns a pack of files of the size of actions, made of words, so that the encoder has as much to do as with real ones.
fn files() -> Vec<Arc<[u8]>> {
    const WORDS: &[&str] = &[
        "name: ",
        "description: ",
        "type: ",
        "string",
        "integer",
        "required: true",
        "default: ",
        "\n",
        "\n  ",
        "\n    ",
        "restart",
        "the ",
        "service ",
        "of ",
        "host ",
        "when ",
        "timeout ",
        "in seconds",
        "parameters:",
        "runner_type: ",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        // xorshift64 (Marsaglia, 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut file = || {
        let mut text = String::with_capacity(BYTES + 16);
        while text.len() < BYTES {
            match random() % 4 {
                0 => text.push_str(&(random() % 10_000).to_string()),
                _ => text.push_str(WORDS[random() as usize % WORDS.len()]),
            }
        }
        text.truncate(BYTES);
        Arc::from(text.into_bytes())
    };
    (0..FILES).map(|_| file()).collect()
}

/// Returns a name that does not tell the content's SHA-256, as those of git do not.
fn blob(number: usize) -> BlobId {
    let mut id = [0; 20];
    id[..8].copy_from_slice(&number.to_be_bytes());
    BlobId::git(id)
}

fn snapshot(files: &[Arc<[u8]>]) -> Snapshot {
    let entry = |(number, content): (usize, &Arc<[u8]>)| FileEntry {
        path: RelPath::composed(format!("actions/{number}.yaml")),
        blob: blob(number),
        size: content.len() as u64,
        executable: false,
    };
    Snapshot::new(files.iter().enumerate().map(entry).collect(), Arc::new(InMemory(files.to_vec())), Vec::new())
}

/// Measures a listing made for the first time, and one whose files are all known.
fn listing(criterion: &mut Criterion) {
    let files = files();
    let snapshot = snapshot(&files);
    let known = Memo::new();
    let mut group = criterion.benchmark_group("listing");
    group.throughput(Throughput::Bytes((FILES * BYTES) as u64));
    group.bench_function("bare-sha2", |bencher| {
        bencher.iter(|| {
            for file in &files {
                black_box(Sha256::digest(black_box(file)));
            }
        });
    });
    group.bench_function("new-files", |bencher| {
        bencher.iter(|| Listing::of(black_box(&snapshot), &Memo::new()).expect("readable"));
    });
    group.bench_function("known-files", |bencher| {
        bencher.iter(|| Listing::of(black_box(&snapshot), &known).expect("readable"));
    });
    group.finish();
}

/// Measures an archive against the encoder alone on the same tar stream.
fn archives(criterion: &mut Criterion) {
    let snapshot = snapshot(&files());
    let listing = Listing::of(&snapshot, &Memo::new()).expect("readable");
    let bytes = archive::write("demo", &snapshot, &listing).expect("short paths").bytes;
    // Without the container: 10 bytes before, 8 behind (RFC 1952).
    let tar = miniz_oxide::inflate::decompress_to_vec(&bytes[10..bytes.len() - 8]).expect("our own archive");
    let mut group = criterion.benchmark_group("archive");
    group.throughput(Throughput::Bytes(tar.len() as u64)).sample_size(20);
    group.bench_function("bare-encoder", |bencher| {
        bencher.iter(|| miniz_oxide::deflate::compress_to_vec(black_box(&tar), 6));
    });
    group.bench_function("write", |bencher| {
        bencher.iter(|| archive::write("demo", black_box(&snapshot), &listing).expect("short paths"));
    });
    group.finish();
}

criterion_group!(benches, listing, archives);
criterion_main!(benches);
