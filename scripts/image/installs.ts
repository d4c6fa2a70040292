import type { ImageMachine } from "./machine.ts";
import { addFinding } from "./answers.ts";
import type { Base } from "./build.ts";
import type { Findings } from "./findings.ts";

type Install = {
  name: string;
  base: Base;
  /** Whether it asks a registry, which is not reached everywhere. */
  asks?: string;
  /** As the agent's user; ends with 0 when what was installed runs by its name. */
  command: string;
};

const write = (path: string, ...lines: string[]): string =>
  `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} > ${path}`;
/** Each lays what it installs into a folder of its own. */
const within = (folder: string, ...commands: string[]): string =>
  [`mkdir -p ${folder}`, `cd ${folder}`, ...commands].join(" && ");

const WHEEL = `python3 -c 'import zipfile; w = zipfile.ZipFile("probe_wheel-1.0-py3-none-any.whl", "w")
for name, text in {"probe_wheel.py": "def main(): print(42)\\n", "probe_wheel-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: probe-wheel\\nVersion: 1.0\\n", "probe_wheel-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n", "probe_wheel-1.0.dist-info/entry_points.txt": "[console_scripts]\\nprobe-wheel = probe_wheel:main\\n", "probe_wheel-1.0.dist-info/RECORD": ""}.items(): w.writestr(name, text)
w.close()'`;

const GO_PROXY = `python3 -c 'import os, zipfile; at = "proxy/example.com/probe/@v"; os.makedirs(at)
mod = "module example.com/probe\\n"
open(at + "/list", "w").write("v1.0.0\\n"); open(at + "/v1.0.0.info", "w").write("{\\"Version\\":\\"v1.0.0\\"}"); open(at + "/v1.0.0.mod", "w").write(mod)
z = zipfile.ZipFile(at + "/v1.0.0.zip", "w"); z.writestr("example.com/probe@v1.0.0/go.mod", mod); z.writestr("example.com/probe@v1.0.0/main.go", "package main\\nfunc main() { println(42) }\\n"); z.close()'`;

const INSTALLS: Install[] = [
  {
    name: "npm, from its registry",
    base: "slim",
    asks: "npm view semver@7.7.2 version",
    command: "npm install --global --no-audit --no-fund semver@7.7.2 && semver 1.2.3",
  },
  {
    name: "pnpm, from npm's registry",
    base: "full",
    asks: "npm view semver@7.7.2 version",
    command: within("pnpm-probe", write("package.json", "{}"), "pnpm add semver@7.7.2", "pnpm exec semver 1.2.3"),
  },
  {
    name: "pnpm, a global program",
    base: "full",
    asks: "npm view rimraf@6.0.1 version",
    command: "pnpm add --global rimraf@6.0.1 && rimraf --version",
  },
  {
    name: "yarn, from npm's registry",
    base: "full",
    asks: "npm view semver@7.7.2 version",
    command: within("yarn-probe", write("package.json", "{}"), "yarn add semver@7.7.2", "yarn --silent semver 1.2.3"),
  },
  {
    name: "pip, from a local folder of wheels",
    base: "full",
    command: within("wheels", WHEEL, "pip install --no-index --find-links . probe-wheel", "probe-wheel"),
  },
  {
    name: "pip in a venv",
    base: "full",
    command: within(
      "venv-probe",
      "python3 -m venv .venv",
      ".venv/bin/pip install --no-index --find-links ../wheels probe-wheel",
      ".venv/bin/probe-wheel",
    ),
  },
  {
    name: "go, from a file:// proxy",
    base: "full",
    command: within(
      "go-probe",
      GO_PROXY,
      'GOSUMDB=off GOPROXY="file://$PWD/proxy" go install example.com/probe@v1.0.0',
      "probe",
    ),
  },
  {
    name: "gem, from a file",
    base: "full",
    command: within(
      "gem-probe",
      "mkdir bin",
      write("bin/gem-probe", "#!/usr/bin/env ruby", "puts 42"),
      "chmod +x bin/gem-probe",
      write(
        "probe.gemspec",
        "Gem::Specification.new do |s|",
        's.name = "gem-probe"; s.version = "1.0"; s.summary = "A probe"; s.authors = ["A"]; s.files = ["bin/gem-probe"]',
        's.executables = ["gem-probe"]; s.bindir = "bin"',
        "end",
      ),
      "gem build --quiet probe.gemspec",
      "gem install --local --no-document gem-probe-1.0.gem",
      "gem-probe",
    ),
  },
  {
    name: "composer, from a folder",
    base: "full",
    command: within(
      "composer-probe",
      "mkdir -p package/bin",
      write("package/bin/composer-probe", "#!/usr/bin/env php", "<?php echo 42;"),
      "chmod +x package/bin/composer-probe",
      write("package/composer.json", '{ "name": "porter/probe", "version": "1.0.0", "bin": ["bin/composer-probe"] }'),
      "composer global config --no-interaction repositories.probe path $PWD/package",
      "composer global config --no-interaction repositories.packagist false",
      "composer global require --no-interaction --quiet porter/probe",
      "composer-probe",
    ),
  },
  {
    name: "cargo, from a folder",
    base: "full",
    command: within(
      "cargo-probe",
      "mkdir src",
      write("Cargo.toml", "[package]", 'name = "cargo-probe"', 'version = "1.0.0"', 'edition = "2021"'),
      write("src/main.rs", 'fn main() { println!("42"); }'),
      "cargo install --quiet --offline --path .",
      "cargo-probe",
    ),
  },
  {
    name: "maven, into a repository of its own",
    base: "full",
    command: within(
      "maven-probe",
      write(
        "pom.xml",
        "<project><modelVersion>4.0.0</modelVersion><groupId>porter</groupId><artifactId>probe</artifactId>",
        "<version>1</version><packaging>pom</packaging></project>",
      ),
      "mvn --batch-mode --quiet validate",
      "test -d /opt/porter/prefix/maven/repository",
    ),
  },
];

/** Installs as the agent's user, without root. */
export function checkInstalls(base: Base, machine: ImageMachine, findings: Findings): void {
  for (const { name, command, ...install } of INSTALLS) {
    if (base === "slim" && install.base === "full") continue;
    if (install.asks !== undefined && !machine.asAgent(install.asks).isGood)
      findings.notChecked(`${name}: the registry is not reached here`);
    else addFinding(findings, name, machine.asAgent(command));
  }
}
