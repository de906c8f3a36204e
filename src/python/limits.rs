//! Refuses files that nest too deep: whoever parses, walks or drops a tree recurses.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Most open brackets: as many as the tokenizer of `CPython` takes.
const BRACKETS: usize = 200;
/// Most levels of indentation: as many as the tokenizer of `CPython` takes.
const INDENTATION: usize = 100;
/// Most operators of an expression that may nest in each other without brackets, as `a.b.c` and `not not x` do.
const OPERATORS: usize = 1000;

/// The operators of what a bracket holds.
#[derive(Default, Clone, Copy)]
struct Level {
    /// Since the last comma.
    operators: usize,
    /// Lambdas: a comma may be between their parameters, so it does not end them.
    lambdas: usize,
}

/// Returns the limit that a file exceeds; costs one pass of the lexer, which does not recurse.
pub(super) fn exceeded(text: &str) -> Option<&'static str> {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut levels = vec![Level::default()];
    let (mut indentation, mut open) = (0_usize, 0_usize);
    loop {
        let kind = lexer.next_token();
        let is_inside = levels.len() > 1;
        let level = levels.last_mut()?;
        match kind {
            TokenKind::EndOfFile => return None,
            TokenKind::Indent => indentation += 1,
            TokenKind::Dedent => indentation = indentation.saturating_sub(1),
            TokenKind::Newline => {
                levels.clear();
                levels.push(Level::default());
                open = 0;
            }
            TokenKind::Comma | TokenKind::Semi => {
                open -= level.operators;
                level.operators = 0;
            }
            TokenKind::Lambda => {
                level.lambdas += 1;
                open += 1;
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                // A call of a call nests as an operator does.
                level.operators += 1;
                open += 1;
                levels.push(Level::default());
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd
                if is_inside =>
            {
                let closed = levels.pop().unwrap_or_default();
                open -= closed.operators + closed.lambdas;
            }
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Colon
            | TokenKind::Equal => {}
            _ => {
                level.operators += 1;
                open += 1;
            }
        }
        if levels.len() > BRACKETS {
            return Some("brackets nest deeper than 200 levels");
        }
        if indentation > INDENTATION {
            return Some("blocks nest deeper than 100 levels");
        }
        if open > OPERATORS {
            return Some("an expression has more than 1000 operators");
        }
    }
}
