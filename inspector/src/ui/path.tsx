/** A place of SessionData: it may be broken between its parts, where it does not fit on a line. */
export function Path({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=\.)/);
  return (
    <>
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name
        <span key={i}>
          {part}
          <wbr />
        </span>
      ))}
    </>
  );
}
