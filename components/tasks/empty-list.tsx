import Link from "next/link";
import { buttonLook } from "@/components/ui/button";

export const NoMatch = ({ clearPath }: { clearPath: string }) => (
  <div className="py-16 text-center">
    <p className="text-base font-medium">No task matches</p>
    <p className="mt-1 mb-4 text-soft">Nothing of yours is like that.</p>
    <Link href={clearPath} className={buttonLook()}>
      Clear filters
    </Link>
  </div>
);
