//! Which field fills which concept, so that the sum of the scores is the highest.

/// For each row (concept) the column (field) that it gets; a score of 0 is no match. The Hungarian
/// method with potentials: rows times rows times columns steps.
#[must_use]
pub fn best_sum(scores: &[Vec<f64>], columns: usize) -> Vec<Option<usize>> {
    let rows = scores.len();
    // A column of its own for each row that stays without.
    let width = columns + rows;
    let cost = |row: usize, column: usize| {
        let score = scores.get(row - 1).and_then(|row| row.get(column - 1));
        -score.copied().unwrap_or(0.0)
    };
    let mut of_row = vec![0.0; rows + 1];
    let mut of_column = vec![0.0; width + 1];
    let mut taken = vec![0; width + 1];
    for row in 1..=rows {
        augment(row, &cost, &mut of_row, &mut of_column, &mut taken);
    }
    let mut found = vec![None; rows];
    for (column, row) in taken.iter().enumerate().skip(1).filter(|(_, row)| **row > 0) {
        let matched = column <= columns && cost(*row, column) < 0.0;
        if let (true, Some(slot)) = (matched, found.get_mut(row - 1)) {
            *slot = Some(column - 1);
        }
    }
    found
}

/// Finds a column for one more row, moving others where that costs less. Index 0 stands for the row
/// that is to be placed.
#[allow(clippy::indexing_slicing)] // All indices are rows and columns of the same matrix.
fn augment(
    row: usize,
    cost: &impl Fn(usize, usize) -> f64,
    of_row: &mut [f64],
    of_column: &mut [f64],
    taken: &mut [usize],
) {
    let width = taken.len();
    let mut least = vec![f64::INFINITY; width];
    let mut used = vec![false; width];
    let mut way = vec![0; width];
    taken[0] = row;
    let mut at = 0;
    while taken[at] != 0 {
        used[at] = true;
        let current = taken[at];
        let (mut delta, mut next) = (f64::INFINITY, 0);
        for column in (1..width).filter(|column| !used[*column]) {
            let reduced = cost(current, column) - of_row[current] - of_column[column];
            if reduced < least[column] {
                least[column] = reduced;
                way[column] = at;
            }
            if least[column] < delta {
                delta = least[column];
                next = column;
            }
        }
        for column in 0..width {
            if used[column] {
                of_row[taken[column]] += delta;
                of_column[column] -= delta;
            } else {
                least[column] -= delta;
            }
        }
        at = next;
    }
    while at != 0 {
        let before = way[at];
        taken[at] = taken[before];
        at = before;
    }
}

#[cfg(test)]
mod tests {
    use super::best_sum;

    #[test]
    fn the_best_sum_may_need_a_second_best_choice() {
        let scores = vec![vec![0.9, 0.8], vec![0.85, 0.1]];
        assert_eq!(best_sum(&scores, 2), [Some(1), Some(0)]);
    }

    #[test]
    fn what_fits_nothing_stays_without() {
        assert_eq!(best_sum(&[vec![0.0, 0.7], vec![0.0, 0.6]], 2), [Some(1), None]);
        assert_eq!(best_sum(&[], 3), []);
    }
}
