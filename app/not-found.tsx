import Link from "next/link";

export default function NotFound() {
  return (
    <main className="mx-auto max-w-2xl px-4 py-20">
      <h1 className="text-xl font-semibold">There is nothing here</h1>
      <p className="mt-2 text-sm">
        The page does not exist, or it belongs to somebody else.{" "}
        <Link href="/tasks" className="underline">
          Your tasks
        </Link>
      </p>
    </main>
  );
}
