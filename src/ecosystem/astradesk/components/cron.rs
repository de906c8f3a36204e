//! Cron expressions: five fields, as crontab(5) has them.

/// Lowest and highest value of each field, and its name.
const FIELDS: [(u32, u32, &str); 5] =
    [(0, 59, "minute"), (0, 23, "hour"), (1, 31, "day of the month"), (1, 12, "month"), (0, 7, "day of the week")];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MACROS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// Returns what is wrong with an expression.
pub(super) fn fault(expression: &str) -> Option<String> {
    if MACROS.contains(&expression) {
        return None;
    }
    let fields: Vec<&str> = expression.split_whitespace().take(10).collect();
    if fields.len() != FIELDS.len() {
        return Some(format!("it has {} fields, not five", fields.len()));
    }
    let is_wrong = |(field, (low, high, _)): &(&&str, &(u32, u32, &str))| {
        field.len() > 200 || field.split(',').any(|part| !is_part(part, *low, *high))
    };
    let (field, (low, high, name)) = fields.iter().zip(&FIELDS).find(is_wrong)?;
    Some(format!("`{field}` is no {name} from {low} to {high}"))
}

/// Tells whether a part of a list is `*`, a value or a range, with or without a step.
fn is_part(part: &str, low: u32, high: u32) -> bool {
    let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
    let is_step = |step: &str| step.parse::<u32>().is_ok_and(|step| (1..=high.max(1)).contains(&step));
    let value = |text: &str| value(text, low, high);
    let is_range = match range.split_once('-') {
        Some((first, last)) => value(first).zip(value(last)).is_some_and(|(first, last)| first <= last),
        None => range == "*" || value(range).is_some(),
    };
    is_range && step.is_none_or(is_step)
}

fn value(text: &str, low: u32, high: u32) -> Option<u32> {
    let named = |names: &[&str], first: u32| {
        let at = names.iter().position(|name| text.eq_ignore_ascii_case(name))?;
        Some(u32::try_from(at).ok()? + first)
    };
    let name = match high {
        12 => named(&MONTHS, 1),
        7 => named(&DAYS, 0),
        _ => None,
    };
    let number = || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten();
    name.or_else(number).filter(|value| (low..=high).contains(value))
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn five_fields_within_their_bounds_are_an_expression() {
        for good in ["*/15 * * * *", "0 0 * * *", "5,35 8-17 * jan-jun mon-fri", "@daily", "0 0 1 1 7"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in ["", "* * * *", "60 * * * *", "* 24 * * *", "*/0 * * * *", "5-1 * * * *", "a * * * *", "* * * * * *"]
        {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
