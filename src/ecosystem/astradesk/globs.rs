//! Patterns of file and module names, as setuptools reads them.

/// Tells whether a path matches a pattern: `*` and `?` within a segment, `**` for any number of segments.
pub(super) fn matches_path(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.trim_start_matches("./").split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    if pattern.len() > 32 || path.len() > 64 {
        return false;
    }
    // One row per segment of the pattern: whether it leads to each place of the path.
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    for segment in pattern {
        let mut next = vec![false; path.len() + 1];
        if segment == "**" {
            let mut any = false;
            for (at, was) in reached.iter().enumerate() {
                any |= *was;
                next[at] = any;
            }
        } else {
            for at in 0..path.len() {
                next[at + 1] = reached[at] && matches_name(segment, path[at]);
            }
        }
        reached = next;
    }
    reached[path.len()]
}

/// Tells whether a name matches a pattern of `*` and `?`, which take any characters, dots among them.
pub(super) fn matches_name(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stay_in_their_segment_and_double_stars_do_not() {
        assert!(matches_path("flows/*.yaml", "flows/a.yaml") && !matches_path("flows/*.yaml", "flows/x/a.yaml"));
        assert!(matches_path("**/*.yaml", "a.yaml") && matches_path("**/*.yaml", "x/y/a.yaml"));
        assert!(matches_path("flows/**", "flows/x/a") && !matches_path("flows/**", "other/a"));
        assert!(matches_name("domain_x*", "domain_x.tools") && matches_name("*", "") && !matches_name("a?", "a"));
        assert!(!matches_name(&"*a".repeat(200), &"a".repeat(150)));
    }
}
