declare module 'fxa-common-password-list' {
  const list: {
    /** Whether this is one of the ten thousand most used passwords. */
    test(password: string): boolean
  }
  export = list
}
