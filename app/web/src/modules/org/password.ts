/** What can be said about a password while it is typed; the server has the last word. */
export function passwordRules(password: string, account: string): Record<'length' | 'classes' | 'account', boolean> {
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((c) => c.test(password)).length;
  return {
    length: password.length >= 10,
    classes: classes >= 3,
    account: password.length > 0 && (!account || !password.toLowerCase().includes(account.toLowerCase())),
  };
}
