/** Longest side of what is sent, pixels: enough to see a seal or a screw. */
const LONGEST = 1_280

/** A photo of a telephone is some megabytes; what shows the work needs a tenth of it. */
export async function smallPhoto(file: File): Promise<{ type: 'image/jpeg'; base64: string }> {
  const image = await createImageBitmap(file)
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(image.width * scale)
  canvas.height = Math.round(image.height * scale)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  image.close()
  const url = canvas.toDataURL('image/jpeg', 0.8)
  return { type: 'image/jpeg', base64: url.slice(url.indexOf(',') + 1) }
}
