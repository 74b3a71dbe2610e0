// Holds a manifest (standard input) to what Microsoft publishes for its version: the schema, by the validator that
// Microsoft's own command-line tools use, and the reader of @microsoft/app-manifest. Says what is wrong, a line each.
const fs = require("node:fs");
const path = require("node:path");
const Ajv = require("ajv-draft-04");
const formats = require("ajv-formats");

const text = fs.readFileSync(0, "utf8");
const made = JSON.parse(text);
const build = path.join(path.dirname(require.resolve("@microsoft/app-manifest/package.json")), "build");
const schema = path.join(build, "json-schemas", "teams", `v${made.manifestVersion}`, "MicrosoftTeams.schema.json");
const ajv = new Ajv({ allErrors: true, strict: false });
formats(ajv);
const valid = ajv.compile(JSON.parse(fs.readFileSync(schema, "utf8")));
if (!valid(made)) for (const each of valid.errors) console.log(`schema: ${each.instancePath} ${each.message}`);
const name = `TeamsManifestV${made.manifestVersion.replace(".", "D")}`;
const { Convert } = require(path.join(build, "generated-types", "teams", `${name}.js`));
const read = Object.getOwnPropertyNames(Convert).find((each) => each.startsWith("toTeamsManifest"));
try {
  Convert[read](text);
} catch (fault) {
  console.log(`reader: ${fault.message}`);
}
