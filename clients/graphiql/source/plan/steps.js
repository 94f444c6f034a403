// What a key does in the tree of rows, as https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ has it.

/** Return { focus: id }, { toggle: id }, or null for keys that mean nothing here; `rows` are those that are drawn. */
export function step(key, rows, folded, id) {
  const at = rows.findIndex((row) => row.id === id);
  const row = rows[at];
  if (!row) return null;
  const to = (index) => ({ focus: rows[Math.min(Math.max(index, 0), rows.length - 1)].id });
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'ArrowRight':
      if (!row.branches) return {};
      return folded.has(id) ? { toggle: id } : to(at + 1);
    case 'ArrowLeft':
      if (row.branches && !folded.has(id)) return { toggle: id };
      return row.parent ? { focus: row.parent } : {};
    case 'Enter':
    case ' ':
      return row.branches ? { toggle: id } : {};
    default:
      return null;
  }
}
