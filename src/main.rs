//! The `packyard` program: hands over to the library and exits with its code.

fn main() -> std::process::ExitCode {
    packyard::cli::main()
}
