//! What a release costs: the listing beside bare SHA-256 over the same bytes.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use packyard::content::Listing;
use packyard::ident::{Digest, RelPath};
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

/// Returns a pack of files of the size of actions.
fn files() -> Vec<Arc<[u8]>> {
    (0..FILES).map(|number| (0..BYTES).map(|at| (at * 31 + number * 17) as u8).collect()).collect()
}

fn snapshot(files: &[Arc<[u8]>]) -> Snapshot {
    let entry = |(number, content): (usize, &Arc<[u8]>)| FileEntry {
        path: RelPath::composed(format!("actions/{number}.yaml")),
        blob: BlobId::sha256(Digest::of(content)),
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

criterion_group!(benches, listing);
criterion_main!(benches);
