// Prints requests.json: hashes and signatures of requests by ethers (npm install ethers@6.17.0).
// The keys are the hashes of their names and belong to nobody.
const { TypedDataEncoder, Wallet, id } = require("ethers");

const types = {
  ForwardRequest: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "gas", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint48" },
    { name: "data", type: "bytes" },
  ],
};

const cases = [
  [1, "0x1111111111111111111111111111111111111111", 100000, 0, 1800000000, "0x"],
  [1337702, "0x2222222222222222222222222222222222222222", 1, 1, 1, "0x00"],
  [2018, "0x3333333333333333333333333333333333333333", 30000000, 7, 2 ** 48 - 1, "0x" + "ab".repeat(68)],
  [137, "0x4444444444444444444444444444444444444444", 500000, 4294967296, 4102444800, "0x" + "00ff".repeat(500)],
];

async function main() {
  const vectors = [];
  for (const [chainId, verifyingContract, gas, nonce, deadline, data] of cases) {
    const signer = new Wallet(id(`signer ${vectors.length}`));
    const to = new Wallet(id(`target ${vectors.length}`)).address;
    const domain = { name: "Sealbook", version: "1", chainId, verifyingContract };
    const request = { from: signer.address, to, value: 0, gas, nonce, deadline, data };
    vectors.push({
      forwarder: `eip155:${chainId}:${verifyingContract}`,
      request,
      domain_separator: TypedDataEncoder.hashDomain(domain),
      hash: TypedDataEncoder.hash(domain, types, request),
      signature: await signer.signTypedData(domain, types, request),
    });
  }
  const type_hash = id(TypedDataEncoder.from(types).encodeType("ForwardRequest"));
  console.log(JSON.stringify({ type_hash, vectors }, null, 2));
}

main();
