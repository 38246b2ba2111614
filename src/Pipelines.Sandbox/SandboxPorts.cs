using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pipelines.Core;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox;

/// <summary>The ports of a checkout's sandbox: the same in every run where they are free, since image references name the registry's. They lie below those that systems hand out by themselves.</summary>
internal static class SandboxPorts
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Tries = 100;

    /// <exception cref="InvalidUsageException">A run goes on, and its ports are taken.</exception>
    public static IReadOnlyList<int> Take(SandboxOptions options, int count)
    {
        string file = Path.Combine(options.StateDirectory, "ports");
        int kept = File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out int first) && first is >= First and < Last ? first : 0;
        if (kept != 0 && AreFree(kept, count))
            return Block(kept, count);
        if (options.KeepsPorts)
        {
            throw new InvalidUsageException(
                "The run cannot go on: what it kept names the sandbox's registry by its port, and another program has that now.",
                kept == 0 ? $"  {file} does not say which ports they were" : string.Create(CultureInfo.InvariantCulture, $"  the ports {kept} to {kept + count - 1} of 127.0.0.1"),
                "End that program and resume once more, or start a new run.");
        }

        int blocks = (Last - First) / count;
        int start = (int)(Fingerprint(options.StateDirectory) % (uint)blocks);
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            int candidate = First + ((start + attempt) % blocks * count);
            if (!AreFree(candidate, count))
                continue;
            StateFile.Write(file, Encoding.ASCII.GetBytes(candidate.ToString(CultureInfo.InvariantCulture)));
            return Block(candidate, count);
        }

        return new int[count]; // as the system likes; a run that is killed then cannot go on
    }

    private static int[] Block(int first, int count) => [.. Enumerable.Range(first, count)];

    private static bool AreFree(int first, int count)
    {
        for (int port = first; port < first + count; port++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen(1); // binding alone succeeds beside a listener that allows it
            }
            catch (SocketException)
            {
                return false;
            }
        }

        return true;
    }

    // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): the same folder asks for the same ports in every process.
    private static uint Fingerprint(string text)
    {
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ one) * 16777619;
        return hash;
    }
}
