/** A plain link: Next's own would be loaded with every page that can be missing. */
const TASKS = "/tasks";

export default function NotFound() {
  return (
    <main id="content" className="mx-auto max-w-xl px-4 py-24">
      <h1 className="text-2xl font-semibold">There is nothing here</h1>
      <p className="mt-3 text-base text-soft">
        The page does not exist, or it belongs to somebody else.{" "}
        <a href={TASKS} className="link">
          Your tasks
        </a>
      </p>
    </main>
  );
}
