// Near names for "did you mean": Levenshtein distance with transpositions (optimal string alignment), over code points.

/** Edits between `a` and `b`, or `limit + 1` when they are further apart than `limit`. */
export function editDistance(a: string, b: string, limit: number): number {
  const left = [...a];
  const right = [...b];
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = right.map((_, j) => j).concat(right.length);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        best = Math.min(best, before[j - 2]! + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return Math.min(previous[right.length]!, limit + 1);
}

/** Up to three of `candidates` that `name` may be a slip of, nearest first. */
export function nearNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase().slice(0, 200);
  const limit = Math.max(1, Math.min(3, Math.floor([...wanted].length / 3)));
  const found: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const lower = candidate.toLowerCase();
    const inside =
      wanted.length >= 3 && (lower.includes(wanted) || wanted.includes(lower)) && lower.length >= 3;
    const distance = editDistance(wanted, lower, limit);
    if (distance <= limit) found.push({ candidate, distance });
    else if (inside) found.push({ candidate, distance: limit + 1 });
  }
  found.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return found.slice(0, 3).map((entry) => entry.candidate);
}

/** `did you mean "a" or "b"?`, or undefined when nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const near = nearNames(name, candidates);
  return near.length === 0 ? undefined : `did you mean ${near.map((n) => `"${n}"`).join(' or ')}?`;
}
