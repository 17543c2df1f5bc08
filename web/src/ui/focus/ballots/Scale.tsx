/** A number up to five, one of a row. */

interface ScaleProps {
  readonly name: string;
  readonly from: number;
  readonly chosen: number | null;
  readonly choose: (value: number) => void;
}

export function Scale({ name, from, chosen, choose }: ScaleProps) {
  return (
    <div class="scale">
      {Array.from({ length: 6 - from }, (_, index) => index + from).map((value) => (
        <label key={value}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => choose(value)} />
          <span class="num">{value}</span>
        </label>
      ))}
    </div>
  );
}
