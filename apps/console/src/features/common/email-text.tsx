/** An address that breaks at its sign, where it has to break: within its words it is hard to read. */
export function EmailText({ value }: { readonly value: string }) {
  const domainStart = value.lastIndexOf('@') + 1;
  return (
    <>
      {value.slice(0, domainStart)}
      <wbr />
      {value.slice(domainStart)}
    </>
  );
}
