// What other libraries need for the same work: `node --expose-gc peers.mjs JOB ARGUMENTS` prints JSON.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const now = () => Number(process.hrtime.bigint()) / 1e9;
const kept = () => {
  global.gc();
  return process.memoryUsage().rss;
};
const hex = (number) => "0x" + createHash("sha256").update(String(number)).digest("hex");

// Builds a tree of that many leaves, makes and checks some of its proofs.
async function openzeppelin(count, proofs) {
  const { SimpleMerkleTree } = await import("@openzeppelin/merkle-tree");
  const leaves = Array.from({ length: count }, (_, number) => hex(number));
  const before = kept();
  const start = now();
  const tree = SimpleMerkleTree.of(leaves);
  const built = now() - start;
  const memory = kept() - before;
  const places = Array.from({ length: proofs }, (_, number) => (number * 7919) % count);
  const proving = now();
  const made = places.map((place) => tree.getProof(place));
  const proved = now() - proving;
  const verifying = now();
  const good = places.every((place, number) =>
    SimpleMerkleTree.verify(tree.root, leaves[place], made[number]),
  );
  if (!good) throw new Error("a proof is wrong");
  return { build: built, memory, prove: proofs / proved, verify: proofs / (now() - verifying) };
}

const issuer = {
  name: "Lieferant GmbH",
  documentStore: "0x" + "11".repeat(20),
  identityProof: { type: "DNS-TXT", location: "example.com" },
};

// That many copies of the document in a file, each with a number of its own.
function copies(count, file) {
  const sample = JSON.parse(readFileSync(file, "utf8"));
  return Array.from({ length: count }, (_, number) => ({
    ...sample,
    number: String(number),
    issuers: [issuer],
  }));
}

// Salts every field of each and makes a tree over all of them, with the proof of each.
function wrapAll(wrapDocuments, documents) {
  const wrapped = wrapDocuments(documents);
  if (wrapped.length !== documents.length || !wrapped[0].signature.merkleRoot)
    throw new Error("not wrapped");
}

async function wrap(name, count, file) {
  const { wrapDocuments } = await import(name);
  const documents = copies(count, file);
  const start = now();
  wrapAll(wrapDocuments, documents);
  return { rate: count / (now() - start) };
}

// As many trees of a thousand as begin within that many seconds.
async function wrapFor(name, seconds, file) {
  const { wrapDocuments } = await import(name);
  const documents = copies(1000, file);
  const start = now();
  let count = 0;
  let spent = 0;
  while (spent < seconds) {
    wrapAll(wrapDocuments, documents);
    count += documents.length;
    spent = now() - start;
  }
  return { count, seconds: spent, rate: count / spent };
}

const [job, ...given] = process.argv.slice(2);
const jobs = {
  openzeppelin: ([count, proofs]) => openzeppelin(Number(count), Number(proofs)),
  wrap: ([name, count, file]) => wrap(name, Number(count), file),
  wrapFor: ([name, seconds, file]) => wrapFor(name, Number(seconds), file),
};
console.log(JSON.stringify(await jobs[job](given)));
