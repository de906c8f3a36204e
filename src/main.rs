//! The `packyard` program: hands over to the library and exits with its code.

/// Parsing, pages and findings are many small allocations on all cores, where the system's allocator is the largest cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    packyard::cli::main()
}
