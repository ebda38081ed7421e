/** The palette people choose from; both themes keep the marks visible against their surface (3:1). */
export const palette: Record<string, string> = {
  slate: '#6b7688',
  blue: '#3b82d6',
  indigo: '#5a6cf0',
  violet: '#8b5cd6',
  pink: '#cf4f92',
  red: '#d9513c',
  orange: '#d97226',
  amber: '#b98a12',
  green: '#2f9e62',
  teal: '#17918a',
};
/** What is stored is the value; the names are for people who cannot see it. */
export const choices = Object.entries(palette).map(([name, value]) => ({ name, value }));

const byCategory: Record<string, string> = { todo: 'slate', doing: 'blue', done: 'green' };

export function colourOf(name: string | undefined, fallback = 'slate'): string {
  if (name && name in palette) return palette[name];
  if (name && /^#[0-9a-f]{6}$/i.test(name)) return name;
  return palette[byCategory[fallback] ?? fallback] ?? palette.slate;
}
