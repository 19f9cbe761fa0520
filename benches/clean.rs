//! Throughput of cleaning, by step: `cargo bench`. The documents are the fixture pages: articles of 2 to 8 KB from many kinds of site,
//! with lines of all lengths and the noise that belongs to them. Figures are of one thread, in bytes of input.

use std::hint::black_box;
use std::sync::LazyLock;

use dechaff::{Cleaner, Level};
use divan::counter::BytesCount;
use divan::{Bencher, black_box as keep};

static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages");
    let paths = std::fs::read_dir(directory).expect("the fixtures").map(|e| e.expect("an entry").path());
    let mut paths: Vec<_> = paths.filter(|p| p.extension().is_some_and(|e| e == "txt")).collect();
    paths.sort();
    paths.iter().map(|p| std::fs::read_to_string(p).expect("a page")).collect()
});

/// The prose of the pages alone: what a corpus mostly consists of.
static PROSE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let long = |page: &String| page.lines().filter(|l| l.len() > 200).collect::<Vec<_>>().join("\n\n");
    PAGES.iter().map(long).filter(|p| !p.is_empty()).collect()
});

fn bytes(pages: &[String]) -> BytesCount {
    BytesCount::new(pages.iter().map(String::len).sum::<usize>())
}

fn main() {
    divan::main();
}

/// Whole pages, default packs.
#[divan::bench(args = [Level::Safe, Level::Normal, Level::Aggressive])]
fn clean_pages(bencher: Bencher<'_, '_>, level: Level) {
    let cleaner = Cleaner::builder().level(level).build().expect("the default packs");
    bencher.counter(bytes(&PAGES)).bench_local(|| PAGES.iter().for_each(|page| drop(keep(cleaner.clean(page).text()))));
}

/// Pages without any noise left: what the second run over a corpus costs.
#[divan::bench]
fn clean_prose(bencher: Bencher<'_, '_>) {
    let cleaner = Cleaner::builder().build().expect("the default packs");
    bencher.counter(bytes(&PROSE)).bench_local(|| PROSE.iter().for_each(|page| drop(keep(cleaner.clean(page).text()))));
}

/// The lower bound: finding the line ends and copying every line, which any line filter has to do.
#[divan::bench]
fn split_and_copy(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes(&PAGES)).bench_local(|| {
        for page in PAGES.iter() {
            let mut out = String::with_capacity(page.len());
            page.split_inclusive('\n').for_each(|line| out.push_str(line));
            black_box(out);
        }
    });
}

/// What a process pays before its first document.
#[divan::bench]
fn build_cleaner(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Cleaner::builder().build().map(|cleaner| cleaner.rule_count()));
}
